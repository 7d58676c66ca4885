-- owner: search
-- Words of names and identifiers of a profile, for prefix search. customer_id is
-- the profile, so that a merge moves nothing; reading maps it to its head. Bucketed by the first
-- character of the word, so that a prefix is one range of one bucket.
CREATE TABLE customer_terms (
  term_bucket BIGINT NOT NULL,
  term        TEXT COLLATE "C" NOT NULL,
  bucket      BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  PRIMARY KEY (term_bucket, term, customer_id)
) /* slim */;
