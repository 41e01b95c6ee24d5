#include "projector/rules/mark_projection.hpp"

namespace duel::projector {

void MarkProjection::on(const Price& event, Step& step) {
    if (step.symbol == nullptr) step.symbol = &step.ledger.symbol(event.symbol, step.seq);
    Symbol& symbol = *step.symbol;
    symbol.home = step.at.partition;
    if (symbol.mark.from_tick && event.timestamp < symbol.mark.at) return;
    symbol.mark.from_tick = true;
    move(symbol, event.price, event.timestamp, step);
}

void MarkProjection::on(const Trade& event, Step& step) {
    Symbol& symbol = *step.symbol;
    if (symbol.mark.from_tick) return;
    if (symbol.marked && event.timestamp < symbol.mark.at) return;
    move(symbol, event.price, event.timestamp, step);
}

void MarkProjection::move(Symbol& symbol, Amount price, Timestamp at, Step& step) {
    if (!symbol.marked || symbol.mark.price != price) symbol.moved = ++step.ledger.motion;
    symbol.marked = true;
    symbol.mark.price = price;
    symbol.mark.at = at;
    marks.touch(symbol.mark, step.seq);
}

void MarkProjection::freeze(Step& step) {
    for (const Symbol* symbol : step.contest->accounts->symbols) {
        FinalMarkRow row;
        row.seq = step.seq;
        row.contest_no = step.contest->row.contest_no;
        row.symbol_no = symbol->row.symbol_no;
        row.at = symbol->mark.at;
        row.price = symbol->mark.price;
        final_marks.add(row);
    }
}

}  // namespace duel::projector
