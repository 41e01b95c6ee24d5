// Candles of one minute, and the newest price of each symbol.

import { parse } from './exact.mjs';

export class Candles {
  #candles = new Map(); // `symbol\0minute`
  #newest = new Map();  // symbol → time of its mark

  apply(event, marks, changed) {
    if (event.type !== 'price') return false;
    const at = typeof event.timestamp === 'number' ? event.timestamp : Date.parse(event.timestamp);
    const price = parse(String(event.price));
    if (!(this.#newest.get(event.symbol) > at)) {
      this.#newest.set(event.symbol, at);
      marks.set(event.symbol, price);
    }
    const openedAt = at - (at % 60_000);
    const key = `${event.symbol}\0${openedAt}`;
    let candle = this.#candles.get(key);
    if (candle === undefined) {
      candle = {
        symbol: event.symbol, openedAt, firstAt: at, lastAt: at, open: price, high: price, low: price, close: price,
        volume: 0n, count: 0,
      };
      this.#candles.set(key, candle);
    }
    if (at < candle.firstAt) [candle.firstAt, candle.open] = [at, price];
    if (at >= candle.lastAt) [candle.lastAt, candle.close] = [at, price];
    if (price > candle.high) candle.high = price;
    if (price < candle.low) candle.low = price;
    if (event.size !== undefined) {
      candle.volume += parse(String(event.size));
      candle.count += 1;
    }
    changed.candles.add(candle);
    return true;
  }
}
