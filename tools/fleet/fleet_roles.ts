/**
 * SQL for who wants least rights: the queue is made by its owner, one role can only plan and collect, one can only work.
 *
 * Rounds are in `job_common`, everything else in tables of its own. A worker may take rounds and say that it ran them, and add
 * results; it can neither plan, nor cancel, nor change or read results. A planner may add and cancel rounds, give back those
 * of dead workers, and read results; it can neither take a round nor make a result.
 */
import { createHash } from "node:crypto";
import { getConstructionPlans } from "pg-boss";
import { DEAD, PLANS, RESULTS, SCHEMA } from "./fleet_queue.ts";

/** Names of the two roles. */
export interface FleetRoles {
  readonly planner: string;
  readonly worker: string;
}

/** What pg-boss calls the table of a queue that has its own. */
function tableOf(queue: string): string {
  return `${SCHEMA}.j${createHash("sha224").update(queue).digest("hex")}`;
}

/** Everything that an owner runs once, in a database that has no queue yet. Passwords are set apart: `\password <role>`. */
export function setUpSql({ planner, worker }: FleetRoles): string {
  const [p, w] = [identifier(planner), identifier(worker)];
  const settle = "state, completed_on, output, blocked, pending_dependencies";
  return `${getConstructionPlans(SCHEMA).trim()}

${
    [DEAD, PLANS, RESULTS].map((queue) =>
      `SELECT ${SCHEMA}.create_queue('${queue}', '{"policy":"standard","partition":true,"retentionSeconds":7776000,"deleteAfterSeconds":7776000}');`
    ).join("\n")
  }

${grantSql(p, w, settle)}`;
}

function grantSql(p: string, w: string, settle: string): string {
  return `CREATE ROLE ${p} LOGIN;
CREATE ROLE ${w} LOGIN;
GRANT USAGE ON SCHEMA ${SCHEMA} TO ${p}, ${w};
GRANT SELECT ON ${SCHEMA}.version, ${SCHEMA}.queue, ${tableOf(PLANS)} TO ${p}, ${w};

-- Can only plan, cancel and collect.
GRANT INSERT, UPDATE ON ${SCHEMA}.queue TO ${p};
GRANT UPDATE (monitor_backoff_on) ON ${SCHEMA}.version TO ${p};
GRANT SELECT, INSERT, DELETE, UPDATE (state, completed_on) ON ${SCHEMA}.job_common TO ${p};
GRANT INSERT, UPDATE (${settle}) ON ${tableOf(PLANS)} TO ${p};
GRANT SELECT ON ${tableOf(RESULTS)}, ${tableOf(DEAD)} TO ${p};
-- What pg-boss tidies while it looks for dead workers.
GRANT SELECT, DELETE ON ${SCHEMA}.job_dependency TO ${p};
-- A worker may not cancel what it does not run.
ALTER TABLE ${SCHEMA}.job_common ENABLE ROW LEVEL SECURITY;
CREATE POLICY plans ON ${SCHEMA}.job_common TO ${p} USING (true) WITH CHECK (true);
CREATE POLICY looks ON ${SCHEMA}.job_common FOR SELECT TO ${w} USING (true);
CREATE POLICY works ON ${SCHEMA}.job_common FOR UPDATE TO ${w} USING (true) WITH CHECK (state IN ('active', 'completed'));
-- pg-boss adds dead letters by the table of all queues: nothing else may be added there.
ALTER TABLE ${SCHEMA}.job ENABLE ROW LEVEL SECURITY;
GRANT INSERT ON ${SCHEMA}.job TO ${p};
CREATE POLICY dead_letters ON ${SCHEMA}.job FOR INSERT TO ${p} WITH CHECK (name = '${DEAD}');

-- Can only work.
GRANT SELECT, UPDATE (started_on, heartbeat_on, retry_count, ${settle}) ON ${SCHEMA}.job_common TO ${w};
GRANT INSERT, SELECT (id, name) ON ${tableOf(RESULTS)} TO ${w};
`;
}

/** A name in SQL. */
function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
