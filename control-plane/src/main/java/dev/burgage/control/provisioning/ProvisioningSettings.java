package dev.burgage.control.provisioning;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The clocks of the sweeps.
///
/// @param every pause between two rounds
/// @param reconcileAfter how long nobody may have worked at a row before a round takes it up
/// @param abandonAfter age at which a tenant that cannot be made is given up
/// @param tombstonesKept how long nodes may be away and still catch up without a snapshot
/// @param orphanAge age at which a file without a row is an orphan
/// @param orphansEvery pause between two sweeps for orphans
@ConfigurationProperties("burgage.provisioning")
record ProvisioningSettings(
    @DefaultValue("5s") Duration every,
    @DefaultValue("30s") Duration reconcileAfter,
    @DefaultValue("10m") Duration abandonAfter,
    @DefaultValue("10m") Duration tombstonesKept,
    @DefaultValue("15m") Duration orphanAge,
    @DefaultValue("10m") Duration orphansEvery) {}
