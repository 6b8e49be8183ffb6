/// What is measured: requests, provisioning, many tenants, rollouts. Each scenario drives its peers
/// in turns, round by round, and writes a result for every cell.
@NullMarked
package dev.burgage.bench.scenario;

import org.jspecify.annotations.NullMarked;
