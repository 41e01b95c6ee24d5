-- By which rules a model was projected, so that a program with others asks for a rebuild instead of mixing both.

ALTER TABLE duel_control.models ADD COLUMN rules int NOT NULL DEFAULT 1;
COMMENT ON COLUMN duel_control.models.rules IS 'Version of the rules that projected it. A projector with other rules leaves it alone until duel-projector rebuild has made a new one.';
