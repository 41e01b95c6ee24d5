// Exact decimals: BigInt in units of 10^-18, rounded half away from zero as Postgres rounds numeric.

export const ONE = 10n ** 18n;

export function parse(text) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null || (match[3] ?? '').length > 18) throw new Error(`no exact decimal: ${text}`);
  const units = BigInt(match[2] + (match[3] ?? '').padEnd(18, '0'));
  return match[1] === '-' ? -units : units;
}

export function text(units) {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(19, '0');
  return `${sign}${digits.slice(0, -18)}.${digits.slice(-18)}`;
}

export function divideRounded(numerator, denominator) {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

export const multiply = (a, b) => divideRounded(a * b, ONE);
export const abs = (a) => (a < 0n ? -a : a);
