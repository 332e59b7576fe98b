-- The analysis of a cohort: one text that DuckDB and Spark both take. Each section is a table of that name, in order.
--
-- It reads `participants` (participant, arm, enrolled_day, until_day, weeks), `weeks` (week: 0, 1, …) and the lake's
-- tables days, prompts and pain. Sums are over whole numbers, so that neither engine's order of adding shows; days are
-- numbers since 1970-01-01, so that neither's time zone does; nothing rounds, except down. A `value` is a whole number:
-- its unit is in release.py's table of measures. A week of -1 is the whole follow-up.

-- name: person_day
SELECT p.participant AS participant, p.arm AS arm, d.epoch_day AS epoch_day,
       CAST(FLOOR((d.epoch_day - p.enrolled_day) / 7) AS INT) AS week,
       CAST(FLOOR(d.seated_s + 0.5) AS BIGINT) AS seated_s,
       d.breaks_verified AS breaks,
       CAST(FLOOR(GREATEST(d.dose_left_max_s, d.dose_right_max_s) + 0.5) AS BIGINT) AS dose_s,
       -- Judgement: below an hour of records, or a fifth of it with a sensor out of order, a day isn't used.
       CASE WHEN d.recorded_s >= 3600 AND d.valid_share >= 0.8 THEN 1 ELSE 0 END AS valid
FROM days d JOIN participants p ON d.participant = p.participant
WHERE d.epoch_day BETWEEN p.enrolled_day AND p.until_day

-- name: person_pain
-- The mornings' ratings: of two on one day (a side each) the worse counts. In hundredths of a point.
SELECT p.participant AS participant, p.arm AS arm, r.epoch_day AS epoch_day,
       CAST(FLOOR((r.epoch_day - p.enrolled_day) / 7) AS INT) AS week, MAX(r.pain) * 100 AS pain
FROM pain r JOIN participants p ON r.participant = p.participant
WHERE r.moment = 'morning' AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm, r.epoch_day, p.enrolled_day

-- name: dose_pain
-- The dose of a valid day and the next morning's pain.
SELECT d.participant AS participant, d.arm AS arm, d.epoch_day AS epoch_day, d.week AS week, d.dose_s AS dose_s, m.pain AS pain
FROM person_day d JOIN person_pain m ON m.participant = d.participant AND m.epoch_day = d.epoch_day + 1
WHERE d.valid = 1

-- name: person_week
SELECT p.participant AS participant, p.arm AS arm, w.week AS week,
       COUNT(d.epoch_day) AS days, COALESCE(SUM(d.valid), 0) AS valid_days,
       COALESCE(SUM(d.valid * d.seated_s), 0) AS seated_s, COALESCE(SUM(d.valid * d.breaks), 0) AS breaks,
       COALESCE(SUM(d.valid * d.dose_s), 0) AS dose_s
FROM participants p JOIN weeks w ON w.week < p.weeks
LEFT JOIN person_day d ON d.participant = p.participant AND d.week = w.week
GROUP BY p.participant, p.arm, w.week

-- name: person_prompts
-- Prompts whose end was seen. Who never stood up in that sit didn't respond.
SELECT p.participant AS participant, p.arm AS arm, COUNT(*) AS prompts,
       SUM(CASE WHEN r.stood_s <= 60 THEN 1 ELSE 0 END) AS within_1, SUM(CASE WHEN r.stood_s <= 180 THEN 1 ELSE 0 END) AS within_3,
       SUM(CASE WHEN r.stood_s <= 300 THEN 1 ELSE 0 END) AS within_5
FROM prompts r JOIN participants p ON r.participant = p.participant
WHERE r.outcome IS NOT NULL AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm

-- name: person_flares
SELECT p.participant AS participant, p.arm AS arm, COUNT(*) AS flares
FROM pain r JOIN participants p ON r.participant = p.participant
WHERE r.flare = 'start' AND r.epoch_day BETWEEN p.enrolled_day AND p.until_day
GROUP BY p.participant, p.arm

-- name: person_odd
-- Days outside the follow-up: a clock that was wrong, or data of before.
SELECT p.participant AS participant, COUNT(*) AS days
FROM days d JOIN participants p ON d.participant = p.participant
WHERE d.epoch_day < p.enrolled_day OR d.epoch_day > p.until_day
GROUP BY p.participant

-- name: person_pain_week
SELECT participant, arm, week, COUNT(*) AS mornings, SUM(pain) AS pain FROM person_pain GROUP BY participant, arm, week

-- name: person_tolerated_week
-- Judgement: what was sat on a day whose next morning hurt at most 3 was tolerated.
SELECT participant, arm, week, MAX(dose_s) AS dose_s FROM dose_pain WHERE pain <= 300 AND dose_s > 0 GROUP BY participant, arm, week

-- name: person
SELECT w.participant AS participant, w.arm AS arm, w.weeks AS weeks, w.days AS days, w.valid_days AS valid_days,
       w.seated_s AS seated_s, w.breaks AS breaks, w.dose_s AS dose_s, w.last_week AS last_week,
       COALESCE(m.mornings, 0) AS mornings, COALESCE(m.pain, 0) AS pain,
       COALESCE(f.flares, 0) AS flares, COALESCE(o.days, 0) AS odd_days,
       COALESCE(r.prompts, 0) AS prompts, COALESCE(r.within_1, 0) AS within_1,
       COALESCE(r.within_3, 0) AS within_3, COALESCE(r.within_5, 0) AS within_5
FROM (SELECT participant, arm, COUNT(*) AS weeks, SUM(days) AS days, SUM(valid_days) AS valid_days, SUM(seated_s) AS seated_s,
             SUM(breaks) AS breaks, SUM(dose_s) AS dose_s, MAX(CASE WHEN days > 0 THEN week ELSE -1 END) AS last_week
      FROM person_week GROUP BY participant, arm) w
LEFT JOIN (SELECT participant, SUM(mornings) AS mornings, SUM(pain) AS pain FROM person_pain_week GROUP BY participant) m
  ON m.participant = w.participant
LEFT JOIN person_flares f ON f.participant = w.participant
LEFT JOIN person_odd o ON o.participant = w.participant
LEFT JOIN person_prompts r ON r.participant = w.participant

-- name: person_measure
-- One value a person, measure and week: from here on people count, not days, so that nobody's long record outweighs others.
SELECT 'days_a_week' AS measure, participant, arm, week, CAST(days * 100 AS BIGINT) AS value FROM person_week
UNION ALL SELECT 'days_a_week', participant, arm, -1, CAST(FLOOR(100 * days / weeks) AS BIGINT) FROM person
UNION ALL SELECT 'valid_share', participant, arm, -1, CAST(FLOOR(10000 * valid_days / days) AS BIGINT) FROM person WHERE days > 0
UNION ALL SELECT 'seated_h', participant, arm, week, CAST(FLOOR(seated_s / valid_days / 36) AS BIGINT) FROM person_week WHERE valid_days > 0
UNION ALL SELECT 'seated_h', participant, arm, -1, CAST(FLOOR(seated_s / valid_days / 36) AS BIGINT) FROM person WHERE valid_days > 0
UNION ALL SELECT 'breaks', participant, arm, week, CAST(FLOOR(100 * breaks / valid_days) AS BIGINT) FROM person_week WHERE valid_days > 0
UNION ALL SELECT 'breaks', participant, arm, -1, CAST(FLOOR(100 * breaks / valid_days) AS BIGINT) FROM person WHERE valid_days > 0
UNION ALL SELECT 'dose_min', participant, arm, week, CAST(FLOOR(10 * dose_s / valid_days / 6) AS BIGINT) FROM person_week WHERE valid_days > 0
UNION ALL SELECT 'dose_min', participant, arm, -1, CAST(FLOOR(10 * dose_s / valid_days / 6) AS BIGINT) FROM person WHERE valid_days > 0
UNION ALL SELECT 'within_1', participant, arm, -1, CAST(FLOOR(10000 * within_1 / prompts) AS BIGINT) FROM person WHERE prompts > 0
UNION ALL SELECT 'within_3', participant, arm, -1, CAST(FLOOR(10000 * within_3 / prompts) AS BIGINT) FROM person WHERE prompts > 0
UNION ALL SELECT 'within_5', participant, arm, -1, CAST(FLOOR(10000 * within_5 / prompts) AS BIGINT) FROM person WHERE prompts > 0
UNION ALL SELECT 'morning_pain', participant, arm, week, CAST(FLOOR(pain / mornings) AS BIGINT) FROM person_pain_week
UNION ALL SELECT 'morning_pain', participant, arm, -1, CAST(FLOOR(pain / mornings) AS BIGINT) FROM person WHERE mornings > 0
UNION ALL SELECT 'tolerated_min', participant, arm, week, CAST(FLOOR(10 * dose_s / 6) AS BIGINT) FROM person_tolerated_week
UNION ALL SELECT 'flares', participant, arm, -1, CAST(100 * flares AS BIGINT) FROM person
UNION ALL SELECT 'has_any_data', participant, arm, -1, CAST(CASE WHEN days > 0 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_valid_data', participant, arm, -1, CAST(CASE WHEN valid_days > 0 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_diary', participant, arm, -1, CAST(CASE WHEN mornings > 0 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_data_at_the_end', participant, arm, -1, CAST(CASE WHEN last_week >= weeks - 2 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_few_valid_days', participant, arm, -1, CAST(CASE WHEN valid_days * 2 < days THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_invalid_days', participant, arm, -1, CAST(CASE WHEN days - valid_days >= 3 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_days_outside', participant, arm, -1, CAST(CASE WHEN odd_days > 0 THEN 1 ELSE 0 END AS BIGINT) FROM person
UNION ALL SELECT 'has_flare', participant, arm, -1, CAST(CASE WHEN flares > 0 THEN 1 ELSE 0 END AS BIGINT) FROM person

-- name: cells
SELECT measure, arm, week, COUNT(*) AS people, CAST(SUM(value) AS BIGINT) AS total, CAST(SUM(value * value) AS BIGINT) AS squares
FROM person_measure GROUP BY measure, arm, week ORDER BY measure, arm, week
