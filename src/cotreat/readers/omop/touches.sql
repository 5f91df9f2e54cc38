-- Days of sound rows with the observation periods that they have a day in. `rank_no` sorts the periods of a person:
-- first those in which an anchor drug was taken, then by the first day on which a drug of the study was.
SELECT
    r.person_id,
    r.start_day,
    r.taken_until,
    o.first_day,
    o.last_day,
    MIN((1 - r.is_anchor) * 1048576 + CASE WHEN r.start_day > o.first_day THEN r.start_day ELSE o.first_day END)
        AS rank_no
FROM {judged_rows} AS r
INNER JOIN {periods} AS o
    ON o.person_id = r.person_id AND r.start_day <= o.last_day AND r.taken_until >= o.first_day
WHERE r.problem IS NULL
GROUP BY r.person_id, r.start_day, r.taken_until, o.first_day, o.last_day
