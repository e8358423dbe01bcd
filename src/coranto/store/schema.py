"""The tables, as numbered migrations: each is run once, in order, and never edited after a release.

Instants are whole seconds since 1970 (UTC); lists are JSON.  What is derived and may be rebuilt says so.
"""

MIGRATIONS = (
    """
-- Settings and facts of the store itself.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- A posts folder or a subscription; rank is its place in settings, NULL once it is gone from there.
CREATE TABLE source (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, rank INTEGER,
  atom_id TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', link TEXT NOT NULL DEFAULT '',
  feed_url TEXT NOT NULL DEFAULT '');

-- Every post's file: enough to see that it did not change, and what is wrong with it.
CREATE TABLE file (
  source INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  sha256 TEXT NOT NULL, error TEXT NOT NULL DEFAULT '', line INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (source, path)) WITHOUT ROWID;
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_error ON file (source) WHERE error <> '';

-- Every subscription: validators, when to look again and why, where it is, how it is.
CREATE TABLE subscription (
  source INTEGER PRIMARY KEY, etag TEXT NOT NULL, last_modified TEXT NOT NULL, body_sha256 TEXT NOT NULL, due INTEGER,
  reason TEXT NOT NULL, last_poll INTEGER, last_good INTEGER, last_new INTEGER, status INTEGER NOT NULL,
  errors INTEGER NOT NULL, error TEXT NOT NULL, failing_since INTEGER, gone INTEGER NOT NULL, moved_to TEXT NOT NULL,
  moving_to TEXT NOT NULL, moved_since INTEGER, moved_polls INTEGER NOT NULL, ttl INTEGER NOT NULL,
  max_age INTEGER NOT NULL, rhythm INTEGER NOT NULL, skip_hours TEXT NOT NULL, skip_days TEXT NOT NULL);

-- When a subscription had something new, to the hour: its habits.
CREATE TABLE arrival (source INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, at)) WITHOUT ROWID;

-- Who may not be asked before when: a registrable domain, host:port, or (a hold of it alone) an address.
CREATE TABLE host (
  name TEXT PRIMARY KEY, asked INTEGER NOT NULL, next_allowed INTEGER, held_until INTEGER,
  why TEXT NOT NULL) WITHOUT ROWID;

-- What one source said once.  state: live, purged (words gone, still stands), waiting (dated in the future),
-- withdrawn, dropped (by a word).  published is frozen for an upstream's entry.  story is derived.
CREATE TABLE entry (
  uid INTEGER PRIMARY KEY, source INTEGER NOT NULL, name TEXT NOT NULL, own_id TEXT NOT NULL, link TEXT NOT NULL,
  url TEXT NOT NULL, permalinks TEXT NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL, title_key TEXT NOT NULL,
  instant TEXT NOT NULL, published INTEGER NOT NULL, updated INTEGER, first_seen INTEGER NOT NULL,
  fullness INTEGER NOT NULL, categories TEXT NOT NULL, label TEXT NOT NULL, sole TEXT NOT NULL, problems TEXT NOT NULL,
  state TEXT NOT NULL, pending BLOB, accepted INTEGER NOT NULL DEFAULT 0, accepted_at INTEGER, story INTEGER,
  UNIQUE (source, name));
CREATE INDEX entry_own_id ON entry (own_id);
CREATE INDEX entry_url ON entry (source, url);
CREATE INDEX entry_title ON entry (source, title_key);
CREATE INDEX entry_story ON entry (story);
CREATE INDEX entry_label ON entry (sole, label) WHERE label <> '';
CREATE INDEX entry_waiting ON entry (published) WHERE state = 'waiting';
CREATE INDEX entry_pending ON entry (accepted_at) WHERE pending IS NOT NULL;

-- What a person reads of an entry.  For a post a cache: its file says it again.
CREATE TABLE words (entry INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- The keys of an entry.  standing: 0 joins, 1 dead for this source, 2 its entry is withdrawn.
CREATE TABLE ekey (
  key TEXT NOT NULL, entry INTEGER NOT NULL, source INTEGER NOT NULL, standing INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (key, entry)) WITHOUT ROWID;
CREATE INDEX ekey_entry ON ekey (entry);

-- What an entry is filed under: the category's key, and the name as written.
CREATE TABLE entry_category (
  category TEXT NOT NULL, entry INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (category, entry)) WITHOUT ROWID;
CREATE INDEX entry_category_entry ON entry_category (entry);

-- Changed since stories were last settled.
CREATE TABLE touched (entry INTEGER PRIMARY KEY);
CREATE TABLE touched_key (key TEXT PRIMARY KEY) WITHOUT ROWID;

-- Derived: a story is named by its smallest entry.  fresh: its words were compared with what went out.
CREATE TABLE story (
  id INTEGER PRIMARY KEY, winner INTEGER NOT NULL, published INTEGER NOT NULL, sort_id TEXT NOT NULL,
  fresh INTEGER NOT NULL DEFAULT 0);
CREATE INDEX story_order ON story (published DESC, sort_id);
CREATE TABLE filed (
  category TEXT NOT NULL, story INTEGER NOT NULL, published INTEGER NOT NULL, sort_id TEXT NOT NULL,
  PRIMARY KEY (category, story)) WITHOUT ROWID;
CREATE INDEX filed_order ON filed (category, published DESC, sort_id);
CREATE INDEX filed_story ON filed (story);
CREATE TABLE conflict (entry INTEGER NOT NULL, key TEXT NOT NULL, other INTEGER NOT NULL, why TEXT NOT NULL,
  PRIMARY KEY (entry, key, other)) WITHOUT ROWID;

-- The date of the oldest story in the window of each category, '' for all.
CREATE TABLE shown (category TEXT PRIMARY KEY, oldest INTEGER) WITHOUT ROWID;

-- Every category that ever had a feed: its folder is its own for good.
CREATE TABLE category (key TEXT PRIMARY KEY, folder TEXT NOT NULL, title TEXT NOT NULL) WITHOUT ROWID;

-- What went out, for ever.  entry: the one whose words are out under the id; leads: 0 for an alias.
CREATE TABLE public (
  public_id TEXT PRIMARY KEY, entry INTEGER NOT NULL, leads INTEGER NOT NULL, first_out INTEGER NOT NULL,
  updated INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX public_entry ON public (entry);
-- Entries whose words have been out under an id, the present one included.
CREATE TABLE carried (public_id TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (public_id, entry)) WITHOUT ROWID;
CREATE INDEX carried_entry ON carried (entry);
-- Stories read back from feeds/ after the store was lost, until an entry claims them.
CREATE TABLE recovered (public_id TEXT PRIMARY KEY, url TEXT NOT NULL, title_key TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;

-- The files that we wrote, as they were when we wrote them; and the categories whose files must be looked at again.
CREATE TABLE output (
  path TEXT PRIMARY KEY, folder TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX output_folder ON output (folder);
CREATE TABLE dirty (category TEXT PRIMARY KEY) WITHOUT ROWID;
""",
    """
-- How a subscription is: the state, since when and why; the mean time of its answers; how many entries its last document
-- listed; polls in a row that listed only new ones; how its document changed, and when; whether entries are held back.
ALTER TABLE subscription ADD COLUMN health TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN health_since INTEGER;
ALTER TABLE subscription ADD COLUMN health_why TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN milliseconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN overruns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN shape TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN shape_at INTEGER;
ALTER TABLE subscription ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- One more state of an entry: held, a known one that came again under a new id and link (R16); it stands nowhere.
CREATE INDEX entry_held ON entry (source) WHERE state = 'held';
""",
    """
-- What happened to a source on a day (UTC, counted from 1970): visits to a subscription, how many of them failed, and new
-- entries.  Drawn by /status; days older than a few months are let go.
CREATE TABLE source_day (
  source INTEGER NOT NULL, day INTEGER NOT NULL, visits INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source, day)) WITHOUT ROWID;

-- Every change of a source's state, for the operators' feed.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, at INTEGER NOT NULL, before TEXT NOT NULL, health TEXT NOT NULL,
  why TEXT NOT NULL);
CREATE INDEX alert_at ON alert (at);

-- Addresses of documents that changed and that the hub was not told of yet; due: when to tell it.
CREATE TABLE ping (topic TEXT PRIMARY KEY, due INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL) WITHOUT ROWID;
""",
    """
-- Derived: whether the entries of a story say things that speak against the merge (E5). Merges of before are judged when
-- stories are settled next.
ALTER TABLE story ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
CREATE INDEX story_doubtful ON story (published) WHERE doubtful = 1;
INSERT INTO touched (entry) SELECT uid FROM entry WHERE story IS NOT NULL AND story <> uid ON CONFLICT DO NOTHING;
""",
)
