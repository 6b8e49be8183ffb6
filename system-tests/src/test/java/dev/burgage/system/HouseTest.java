package dev.burgage.system;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.web.bind.annotation.RestController;

/// The rules of the house, over the classes of all modules: the arrows between them go one way,
/// names say what a thing is, tenant SQL goes through one gate.
@AnalyzeClasses(packages = "dev.burgage", importOptions = DoNotIncludeTests.class)
class HouseTest {
  private static final String[] PROTOCOL = {"dev.burgage.protocol..", "dev.burgage.d1.."};
  private static final String MIGRATIONS = "dev.burgage.migrations..";
  private static final String DATA_PLANE = "dev.burgage.node..";
  private static final String CONTROL_PLANE = "dev.burgage.control..";
  private static final String CLIENT = "dev.burgage.client..";
  private static final String GUARD = "dev.burgage.migrations.guard..";
  private static final String BENCHMARKS = "dev.burgage.bench..";
  private static final Set<String> OPENING =
      Set.of("connect", "createConnection", "getConnection", "open");
  private static final String EXAMPLES = "dev.burgage.example..";
  private static final String TRAINING = "dev.burgage.training..";

  // Each module sees itself and what is left of its arrow: protocol <- migrations <- planes,
  // protocol <- client.

  @ArchTest static final ArchRule protocolSeesNobody = sees(PROTOCOL, PROTOCOL);

  @ArchTest
  static final ArchRule migrationsSeeTheProtocol = sees(of(MIGRATIONS), of(MIGRATIONS, PROTOCOL));

  @ArchTest
  static final ArchRule theDataPlaneDoesNotSeeTheControlPlane =
      sees(of(DATA_PLANE), of(DATA_PLANE, MIGRATIONS, PROTOCOL));

  @ArchTest
  static final ArchRule theControlPlaneDoesNotSeeTheDataPlane =
      sees(of(CONTROL_PLANE), of(CONTROL_PLANE, MIGRATIONS, PROTOCOL));

  @ArchTest static final ArchRule theClientSeesTheProtocol = sees(of(CLIENT), of(CLIENT, PROTOCOL));

  @ArchTest
  static final ArchRule examplesUseTheClient = sees(of(EXAMPLES), of(EXAMPLES, CLIENT, PROTOCOL));

  @ArchTest
  static final ArchRule trainingUsesTheClient = sees(of(TRAINING), of(TRAINING, CLIENT, PROTOCOL));

  @ArchTest
  static final ArchRule springStaysInTheControlPlane =
      noClasses()
          .that()
          .resideOutsideOfPackage(CONTROL_PLANE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "jakarta..", "org.hibernate..");

  @ArchTest
  static final ArchRule metadataStaysInTheControlPlane =
      noClasses()
          .that()
          .resideOutsideOfPackage(CONTROL_PLANE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.postgresql..", "com.zaxxer..");

  @ArchTest static final ArchRule noCyclesInTheProtocol = free("dev.burgage.protocol.(*)..");

  @ArchTest static final ArchRule noCyclesInMigrations = free("dev.burgage.migrations.(*)..");

  @ArchTest static final ArchRule noCyclesInTheDataPlane = free("dev.burgage.node.(*)..");

  @ArchTest static final ArchRule noCyclesInTheControlPlane = free("dev.burgage.control.(*)..");

  @ArchTest static final ArchRule noCyclesBetweenModules = free("dev.burgage.(*)..");

  @ArchTest
  static final ArchRule plainNames =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Util|Utils|Helper|Impl|Service)(\\$.*)?")
          .because("a type is named by what it is");

  @ArchTest
  static final ArchRule controllersStayInside =
      classes().that().areAnnotatedWith(RestController.class).should().notBePublic();

  @ArchTest
  static final ArchRule tenantSqlIsPrepared =
      noClasses()
          .that()
          .resideInAnyPackage(DATA_PLANE, MIGRATIONS)
          .should()
          .callMethodWhere(
              describe("java.sql.Statement runs unprepared SQL", HouseTest::isUnprepared))
          .because("a plain Statement runs all that a text holds, past the guard (decision 3.4)");

  @ArchTest
  static final ArchRule onlyTheGuardOpensSqlite =
      noClasses()
          .that()
          .resideOutsideOfPackages(GUARD, BENCHMARKS)
          .should()
          .callMethodWhere(describe("SQLite is opened", HouseTest::opensSqlite))
          .orShould()
          .callConstructorWhere(describe("SQLite is opened", HouseTest::opensSqlite))
          .because("a connection that the guard has not opened has no authorizer (decision 011)");

  // The control plane's own PostgreSQL is opened by it.
  @ArchTest
  static final ArchRule noDriverIsAskedWhereSqliteIsUsed =
      noClasses()
          .that()
          .resideInAnyPackage(DATA_PLANE, MIGRATIONS)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(DriverManager.class, Driver.class);

  @ArchTest
  static final ArchRule theControlPlaneDoesNotSeeSqlite =
      noClasses()
          .that()
          .resideInAnyPackage(CONTROL_PLANE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.sqlite..");

  @ArchTest static final ArchRule noFieldInjection = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

  private static boolean opensSqlite(JavaCall<?> call) {
    JavaClass owner = call.getTargetOwner();
    if (!owner.getPackageName().startsWith("org.sqlite")) {
      return false;
    }
    boolean making =
        call.getName().equals("<init>")
            && !call.getOriginOwner()
                .isAssignableTo(owner.getName()) // super(): its own getConnection
            && (owner.isAssignableTo(Connection.class)
                || owner.isAssignableTo(Driver.class)
                || owner.isAssignableTo(DataSource.class));
    return making || OPENING.contains(call.getName());
  }

  private static boolean isUnprepared(JavaCall<?> call) {
    return call.getTargetOwner().isAssignableTo(Statement.class)
        && (call.getName().startsWith("execute") || call.getName().equals("addBatch"))
        && !(call.getTargetOwner().isAssignableTo(PreparedStatement.class)
            && call.getTarget().getRawParameterTypes().isEmpty());
  }

  private static ArchRule sees(String[] module, String[] allowed) {
    return noClasses()
        .that()
        .resideInAnyPackage(module)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.burgage..").and(resideOutsideOfPackages(allowed)));
  }

  private static String[] of(String module, String... more) {
    String[] all = java.util.Arrays.copyOf(more, more.length + 1);
    all[more.length] = module;
    return all;
  }

  private static String[] of(String module, String second, String[] more) {
    return of(module, of(second, more));
  }

  private static ArchRule free(String packages) {
    return slices().matching(packages).should().beFreeOfCycles();
  }
}
