COMMENT ON COLUMN duel.market_sentiment.updated_at IS 'Event time at which it was worked out last: with a sized tick, or when a minute began that changed it.';
