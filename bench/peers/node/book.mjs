// Contests, portfolios and positions in memory, and what of them a batch has changed.

import { abs, divideRounded, multiply, parse } from './exact.mjs';

// Ids of one contest: the newest million, so that a repeated trade is not applied twice.
class IdMemory {
  #young = new Set();
  #old = new Set();

  has(id) {
    return this.#young.has(id) || this.#old.has(id);
  }
  add(id) {
    if (this.#young.size >= 500_000) [this.#old, this.#young] = [this.#young, new Set()];
    this.#young.add(id);
  }
}

export class Book {
  contests = new Map();
  portfolios = new Map(); // `contest\0wallet`
  marks = new Map();      // symbol → price in units
  #ids = new IdMemory();

  // Takes one event; false where it cannot be applied.
  apply(event, changed) {
    switch (event.type) {
      case 'contest_created': {
        if (this.contests.has(event.contest_id)) return false;
        const contest = {
          id: event.contest_id, name: event.name, status: 'upcoming', starting: parse(String(event.starting_balance)),
          members: [], moved: false, ranks: new Map(),
        };
        this.contests.set(contest.id, contest);
        changed.contests.add(contest);
        return true;
      }
      case 'contest_started':
      case 'contest_completed':
      case 'contest_cancelled': {
        const contest = this.contests.get(event.contest_id);
        if (contest === undefined) return false;
        contest.status = { contest_started: 'active', contest_completed: 'completed', contest_cancelled: 'cancelled' }[event.type];
        changed.contests.add(contest);
        return true;
      }
      case 'participant_joined': {
        const contest = this.contests.get(event.contest_id);
        const key = `${event.contest_id}\0${event.wallet_address}`;
        if (contest === undefined || this.portfolios.has(key)) return false;
        const portfolio = {
          contest, wallet: event.wallet_address, username: event.username, cash: contest.starting, putIn: contest.starting,
          realized: 0n, fees: 0n, positions: new Map(),
        };
        this.portfolios.set(key, portfolio);
        contest.members.push(portfolio);
        contest.moved = true;
        changed.portfolios.add(portfolio);
        return true;
      }
      case 'trade':
        return this.#trade(event, changed);
      default:
        return false;
    }
  }

  #trade(event, changed) {
    const portfolio = this.portfolios.get(`${event.contest_id}\0${event.wallet_address}`);
    if (portfolio === undefined || portfolio.contest.status !== 'active') return false;
    const id = `${event.contest_id}\0${event.trade_id}`;
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);

    let position = portfolio.positions.get(event.symbol);
    if (position === undefined) {
      position = { portfolio, symbol: event.symbol, quantity: 0n, cost: 0n, realized: 0n };
      portfolio.positions.set(event.symbol, position);
    }
    const amount = parse(String(event.amount));
    const price = parse(String(event.price));
    const fee = event.fee === undefined ? 0n : parse(String(event.fee));
    const buys = event.side === 'buy';
    const value = multiply(amount, price);
    const realized = book(position, buys, amount, price, value);
    portfolio.cash += (buys ? -value : value) - fee;
    portfolio.fees += fee;
    portfolio.realized += realized;
    portfolio.contest.moved = true;
    if (!this.marks.has(event.symbol)) this.marks.set(event.symbol, price);
    changed.portfolios.add(portfolio);
    changed.positions.add(position);
    changed.trades.push({ event, amount, price, fee, realized });
    return true;
  }

  // The portfolios of a contest by performance; those whose rank or value changed since the last time.
  rank(contest) {
    const lines = contest.members.map((portfolio) => {
      let equity = portfolio.cash;
      for (const { symbol, quantity } of portfolio.positions.values()) {
        if (quantity !== 0n) equity += multiply(quantity, this.marks.get(symbol) ?? 0n);
      }
      const performance = portfolio.putIn > 0n ? divideRounded((equity - portfolio.putIn) * 100n * 10n ** 18n, portfolio.putIn) : 0n;
      return { portfolio, equity, performance, rank: 0 };
    });
    lines.sort((a, b) => (a.performance < b.performance ? 1 : a.performance > b.performance ? -1 : 0));
    const moved = [];
    lines.forEach((line, index) => {
      line.rank = index > 0 && lines[index - 1].performance === line.performance ? lines[index - 1].rank : index + 1;
      const before = contest.ranks.get(line.portfolio.wallet);
      if (before !== undefined && before.rank === line.rank && before.equity === line.equity) return;
      contest.ranks.set(line.portfolio.wallet, line);
      moved.push(line);
    });
    contest.moved = false;
    return moved;
  }
}

// Moves the position and returns what the trade realized.
function book(position, buys, amount, price, value) {
  const moved = buys ? amount : -amount;
  const { quantity, cost } = position;
  position.quantity += moved;
  if (quantity === 0n || quantity > 0n === buys) {
    position.cost += buys ? value : -value;
    return 0n;
  }
  let realized;
  if (amount < abs(quantity)) {
    const taken = divideRounded(cost * amount, abs(quantity));
    realized = (buys ? -value : value) - taken;
    position.cost -= taken;
  } else {
    const proceeds = abs(quantity) === amount ? value : multiply(abs(quantity), price);
    realized = (buys ? -proceeds : proceeds) - cost;
    position.cost = buys ? value - proceeds : proceeds - value;
  }
  position.realized += realized;
  return realized;
}
