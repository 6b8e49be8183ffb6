package dev.burgage.control.provisioning;

import dev.burgage.control.provisioning.Provisioner.Provisioned;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantView;
import dev.burgage.control.tenant.TenantViews;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Tenants")
class ProvisioningController {
  private final Provisioner provisioner;
  private final Forker forker;
  private final TenantViews views;
  private final Timer timer;

  ProvisioningController(
      Provisioner provisioner, Forker forker, TenantViews views, MeterRegistry metrics) {
    this.provisioner = provisioner;
    this.forker = forker;
    this.views = views;
    this.timer =
        Timer.builder("burgage.provision")
            .description("From the request for a tenant until its node serves it")
            .publishPercentileHistogram()
            .register(metrics);
  }

  @PostMapping("/v1/pools/{pool}/tenants")
  @Operation(
      summary = "Make a tenant with a database of its own",
      description =
          "201 when it is new, and its node serves it by then. The same request again answers 200"
              + " with the same binding, a different one 409.")
  ResponseEntity<TenantView> create(
      @Schema(type = "string") @PathVariable PoolName pool, @RequestBody NewTenantRequest request) {
    Timer.Sample sample = Timer.start();
    Provisioned provisioned = provisioner.provision(pool, request);
    if (provisioned.isNew()) {
      sample.stop(timer);
    }
    return views.of(provisioned.tenant()).answer(provisioned.isNew() ? 201 : 200);
  }

  @PostMapping("/v1/pools/{pool}/tenants/{tenant}/fork")
  @Operation(
      summary = "Make a tenant of another one's past",
      description =
          "The new tenant has a database of its own, as the other one was at the moment. 201 when"
              + " it is new, and its node serves it by then; the same request again answers 200. It"
              + " has the schema of then: the next rollout brings it up to date.")
  ResponseEntity<TenantView> fork(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @RequestBody ForkRequest request) {
    Provisioned provisioned = forker.fork(new TenantKey(pool, tenant), request);
    return views.of(provisioned.tenant()).answer(provisioned.isNew() ? 201 : 200);
  }
}
