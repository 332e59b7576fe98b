"""The store's tables, as migration steps: `PRAGMA user_version` counts those that a database has taken."""

# Step n brings a database from version n to n + 1. Steps are never edited once released: add another.
MIGRATIONS = (
    """
    CREATE TABLE cushion (
        id INTEGER PRIMARY KEY,
        hardware TEXT NOT NULL,                  -- 12 hex digits
        era INTEGER NOT NULL,                    -- counts the times its log began anew (flash erased)
        simulated INTEGER NOT NULL DEFAULT 0,
        UNIQUE (hardware, era)
    );
    CREATE TABLE record (
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        seq INTEGER NOT NULL,
        session INTEGER NOT NULL,
        mono_ms INTEGER NOT NULL,                -- when it was written, ms since the session's boot
        ago_ms INTEGER NOT NULL,                 -- how long before that it happened
        unix_ms INTEGER,                         -- derived: when it happened, UTC
        kind INTEGER NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (cushion, seq)
    );
    CREATE INDEX record_by_session ON record (cushion, session, mono_ms);
    CREATE INDEX record_by_kind ON record (kind, unix_ms);
    CREATE TABLE clock_pair (
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        session INTEGER NOT NULL,
        mono_ms INTEGER NOT NULL,
        unix_ms INTEGER NOT NULL,
        source TEXT NOT NULL,                    -- header, record or host: the weakest first
        utc_offset_min INTEGER,                  -- of the host, where a host took it
        UNIQUE (cushion, session, mono_ms, source)
    );
    CREATE TABLE sync (
        id INTEGER PRIMARY KEY,
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        unix_ms INTEGER NOT NULL,
        result TEXT NOT NULL                     -- JSON, as `sitbone sync --json` printed it
    );
    CREATE TABLE setting_change (
        id INTEGER PRIMARY KEY,
        cushion INTEGER NOT NULL REFERENCES cushion (id),
        unix_ms INTEGER NOT NULL,
        version INTEGER NOT NULL,                -- the cushion's settings version after it
        name TEXT NOT NULL,
        asked INTEGER NOT NULL,
        in_force INTEGER NOT NULL,
        reason TEXT NOT NULL
    );
    """,
    """
    -- What tells its log from an erased one, NULL while not known.
    ALTER TABLE cushion ADD COLUMN log INTEGER;
    -- By which the cushions know this store.
    CREATE TABLE host (id TEXT NOT NULL);
    """,
    """
    -- Read and written by diary_store.py. What is edited or removed stays, as `earlier` and `removed_ms`.
    CREATE TABLE pain (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,                       -- the local date, where the person was
        unix_ms INTEGER NOT NULL,                -- when it was felt
        entered_ms INTEGER NOT NULL,
        moment TEXT NOT NULL,                    -- morning, sitting or other
        pain INTEGER NOT NULL,
        side TEXT NOT NULL,                      -- left, right or both
        onset_min INTEGER,                       -- minutes of sitting until it began
        sleep INTEGER,                           -- 0 bad to 10 good
        stress INTEGER,                          -- 0 to 10
        flare TEXT,                              -- start, end
        note TEXT NOT NULL,
        earlier TEXT NOT NULL DEFAULT '[]',
        removed_ms INTEGER
    );
    CREATE TABLE red_flag (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        what TEXT NOT NULL,
        note TEXT NOT NULL,
        cleared_ms INTEGER,
        cleared_note TEXT
    );
    CREATE TABLE rehab (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        stage TEXT NOT NULL,                     -- isometric, heavy-slow or energy-storage
        exercise TEXT NOT NULL,
        side TEXT NOT NULL,
        sets INTEGER,
        reps INTEGER,
        load_kg REAL,
        hold_s INTEGER,
        pain_during INTEGER,
        pain_next INTEGER,
        left_kg REAL,                            -- strength, as measured
        right_kg REAL,
        note TEXT NOT NULL,
        removed_ms INTEGER
    );
    -- What was done to the limits by tuning, and by whom: applied, undone, resumed.
    CREATE TABLE tuning (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        unix_ms INTEGER NOT NULL,
        cushion TEXT NOT NULL,
        what TEXT NOT NULL,
        side TEXT NOT NULL,
        was_s INTEGER,
        now_s INTEGER,
        used_until TEXT,
        proposal TEXT NOT NULL                   -- JSON
    );
    """,
    """
    -- Derived by analysis/days.py, never the truth: what a day was, gone as soon as a record from a day before its end
    -- on is added or placed anew. A day is known by its bounds, which another time zone moves.
    CREATE TABLE day_fact (
        end_ms INTEGER NOT NULL,
        start_ms INTEGER NOT NULL,
        version INTEGER NOT NULL,                -- of the code that made it
        facts TEXT NOT NULL,                     -- JSON
        PRIMARY KEY (end_ms, start_ms)
    ) WITHOUT ROWID;
    CREATE TRIGGER day_fact_added AFTER INSERT ON record WHEN NEW.unix_ms IS NOT NULL
    BEGIN DELETE FROM day_fact WHERE end_ms > NEW.unix_ms - 86400000; END;
    CREATE TRIGGER day_fact_placed AFTER UPDATE OF unix_ms ON record WHEN OLD.unix_ms IS NOT NEW.unix_ms
    BEGIN DELETE FROM day_fact WHERE end_ms
        > min(coalesce(OLD.unix_ms, NEW.unix_ms), coalesce(NEW.unix_ms, OLD.unix_ms)) - 86400000; END;
    """,
    """
    -- When the person dropped a pair; it stays, because the log would bring it again.
    ALTER TABLE clock_pair ADD COLUMN dropped_ms INTEGER;
    -- What the person calls a cushion, whatever logs it has had.
    CREATE TABLE cushion_name (
        hardware TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) WITHOUT ROWID;
    """,
    """
    -- Up to which number a cushion's records were deleted: a sync doesn't bring them again.
    CREATE TABLE forgotten (
        cushion INTEGER PRIMARY KEY REFERENCES cushion (id),
        last_seq INTEGER NOT NULL
    );
    """,
    """
    -- Repetitions until tired, as measured.
    ALTER TABLE rehab ADD COLUMN left_reps INTEGER;
    ALTER TABLE rehab ADD COLUMN right_reps INTEGER;
    ALTER TABLE rehab ADD COLUMN run_km REAL;
    ALTER TABLE rehab ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
    -- A stage and its sessions, as agreed with a clinician. The last row of a stage holds.
    CREATE TABLE rehab_plan (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        stage TEXT NOT NULL,
        sets INTEGER,
        reps INTEGER,
        hold_s INTEGER,
        per_week INTEGER NOT NULL,
        agreed_with TEXT NOT NULL
    );
    """,
    """
    -- Contradicted by most other hosts' times of the cushion, in whatever sessions; and when it was by those, NULL
    -- where they don't say. Derived by votes.py.
    ALTER TABLE clock_pair ADD COLUMN outvoted INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE clock_pair ADD COLUMN believed_ms INTEGER;
    CREATE INDEX clock_pair_outvoted ON clock_pair (cushion, session) WHERE outvoted;
    CREATE INDEX clock_pair_of_host ON clock_pair (cushion, session, mono_ms) WHERE source IN ('host', 'record');
    """,
    """
    -- Which side hurts: left, right or both, as the person said. The last row holds.
    CREATE TABLE affected_side (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        side TEXT NOT NULL
    );
    -- Totals of the VISA-H questionnaire, 0 to 100: filled in elsewhere, as its text is its authors'.
    CREATE TABLE visa_h (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        entered_ms INTEGER NOT NULL,
        total INTEGER NOT NULL
    );
    """,
)
