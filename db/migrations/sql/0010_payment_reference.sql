-- What a payer wrote is found by any part of it, in English and in Chinese.
-- A large database makes it beforehand with CREATE INDEX CONCURRENTLY IF NOT EXISTS under the same name.

CREATE INDEX IF NOT EXISTS payment_reference ON payment USING gin (search_grams(reference, ''))
  WHERE reference IS NOT NULL;
