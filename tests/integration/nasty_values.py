"""Values that an event may nearly have, at random: JSON texts for a field by its name."""

import json

AMOUNTS = {"amount", "price", "size", "fee", "supply", "starting_balance", "prize_pool", "messages_per_second", "delay_ms"}
WHOLES = {"rounds", "round", "decimals", "failures", "failure_threshold", "recovery_timeout_ms"}
TIMES = {"timestamp", "starts_at", "ends_at", "since"}
WORDS = {"side": ["buy", "sell", "Buy", "hold"], "breaker": ["closed", "open", "half_open", "half-open"],
         "status": ["online", "maintenance", "offline", "closed"]}

NUMBERS = ("0 -0 0.0 -0.0 1 -1 1.5 -1.5 0e0 0E+7 -0e-3 0e99999999999999999999 0.000e-99999 1e-3 1E3 1e+2 25e-1 1e-18 1e-19 1e19 1e20 "
           "9e19 12e18 1e99999 1e-99999 1e100000 1e999999999999999999999 1e-999999999999999999999 1e00000000000001 1e-0000000018 "
           "99999999999999999999 99999999999999999999.999999999999999999 100000000000000000000 -99999999999999999999 "
           "-100000000000000000000 0.000000000000000001 0.0000000000000000001 0.0000000000000000010 1.5000000000000000000000 "
           "1000000000000000000000000e-6 1000000000000000000000000e-4 0.00000000000000000000 2147483647 2147483648 2147483647.0 "
           "21474836470e-1 255 256 255.0 2550e-1 255.5 254.99 5.0 5e0 5e-1 9e9 1e9 01 +1 .5 5. 1e 1e+ --1 0x10 1_000 1,5 NaN Infinity").split()
TEXT_NUMBERS = ["", " 1", "1 ", "1\n", "\n1", "1\r", "-", "1.5\n", "1e3\n", "٣", "1\u0000", "-0\n", "0\n", "½"]
CLOCKS = ["2025-11-13T19:15:12Z", "2025-11-13T19:15Z", "2025-11-13T19:15.5Z", "2025-11-13T19:15:12.648+00:00", "2025-11-13",
          "2025-11-13T19:15:12", "2025-11-13 19:15:12Z", "2025-11-13T19:15:12z", "2025-11-13T19:15:12.Z", "2025-11-13T19:15:12,5Z",
          "2025-11-13T19:15:12-00:00", "2025-11-13T19:15:12+01:00", "2025-11-13T19:15:12Z\n", "\n2025-11-13T19:15:12Z",
          "2025-11-13T19:15:12.1234567890123456789Z", "20251113T191512Z", "2025-W46-4T19:15:12Z", "+2025-11-13T19:15:12Z", "now", ""]
MOMENTS = ["0", "-0", "-1", "1763061312648", "1763061312648.0", "1763061312648.5", "1.763061312648e12", "1763061312648000e-3",
           "253402300799999", "253402300800000", "253402300799999.0", "1e14", "1e15", "1e-1", "1e999", "true"]
LENGTHS = [0, 1, 2, 50, 51, 66, 67, 100, 101, 199, 200, 201, 250, 251, 333, 334, 500, 501, 999, 1000, 1001]
SPECIAL_TEXTS = [r'"\ud800"', r'"a\udc00b"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\u0000"', r'"a\u0000"', r'"a\n"', r'"\u007f"', '"\\u20ac"']


class Values:
    """`chance` is a random.Random."""

    def __init__(self, chance):
        self.chance = chance

    def value_of(self, name):
        if name in AMOUNTS or name in WHOLES:
            return self.amount()
        if name in TIMES:
            return self.time()
        if name in WORDS:
            return json.dumps(self.chance.choice(WORDS[name]))
        return self.chance.choice(SPECIAL_TEXTS) if self.chance.random() < 0.3 else self.text()

    def amount(self):
        if self.chance.random() < 0.1:
            return json.dumps(self.chance.choice(TEXT_NUMBERS))
        token = self.chance.choice(NUMBERS) if self.chance.random() < 0.5 else self.number()
        return self.chance.choice((token, f'"{token}"'))

    def number(self):
        def digits(count):
            return "".join(self.chance.choices("0123456789", (5, 1, 1, 1, 1, 1, 1, 1, 1, 2), k=count))
        whole = self.chance.choice(("0", self.chance.choice("123456789") + digits(self.chance.choice((0, 1, 2, 9, 18, 19, 20)))))
        places = self.chance.choice(("", "." + digits(self.chance.choice((1, 2, 17, 18, 19, 25))) + "0" * self.chance.choice((0, 0, 9))))
        exponent = "" if self.chance.random() < 0.7 else f"{self.chance.choice('eE')}{self.chance.randint(-25, 25)}"
        return self.chance.choice(("", "", "", "-")) + whole + places + exponent

    def time(self):
        kind = self.chance.random()
        if kind < 0.2:
            return self.chance.choice(MOMENTS + [f'"{moment}"' for moment in MOMENTS])
        if kind < 0.45:
            return json.dumps(self.chance.choice(CLOCKS))
        year = self.chance.choice((1969, 1970, 1972, 2000, 2024, 2025, 2096, 2100, 2400, 9996, 9999, 10000, self.chance.randint(1900, 9999)))
        month, day = self.chance.choice((0, 1, 2, 2, 2, 4, 6, 9, 11, 12, 13)), self.chance.choice((0, 1, 15, 28, 29, 29, 30, 31, 32))
        hour, minute, second = self.chance.choice(((0, 0, 0), (23, 59, 59), (24, 0, 0), (12, 60, 0), (12, 0, 60)))
        return f'"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{self.chance.choice(("", ".5"))}Z"'

    def text(self):
        character = self.chance.choice("x é€😀\t\"")
        return json.dumps(character * self.chance.choice(LENGTHS), ensure_ascii=self.chance.random() < 0.3)
