package org.saddlemap.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/design.md: who may know whom. */
@AnalyzeClasses(packages = "org.saddlemap", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageArrowsTest {
  private static final String[] COMMON = packages("spec", "space", "trial", "verdict", "record");
  private static final String[] WORKER =
      packages(
          "arithmetic",
          "data",
          "layer",
          "network",
          "optimize",
          "train",
          "curvature",
          "examine",
          "run");
  private static final String[] DRIVER =
      packages("spark", "load", "plan", "schedule", "store", "analysis", "report", "watch", "cli");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.saddlemap.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule commonKnowsNeitherWorkerNorDriver =
      noClasses()
          .that()
          .resideInAnyPackage(COMMON)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(concat(WORKER, DRIVER));

  @ArchTest
  static final ArchRule commonIsPlainJava =
      noClasses()
          .that()
          .resideInAnyPackage(COMMON)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.nd4j..", "org.bytedeco..", "org.apache.spark..", "org.apache.hadoop..");

  @ArchTest
  static final ArchRule workerKnowsNoDriver =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DRIVER);

  @ArchTest
  static final ArchRule workerKnowsNoEngine =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "org.apache.parquet..");

  /** The store lays ranges of a plan down in files; the plan knows nothing of where it ends up. */
  @ArchTest
  static final ArchRule thePlanKnowsNoOtherRoomOfTheDriver =
      noClasses()
          .that()
          .resideInAPackage("org.saddlemap.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(packages("load", "schedule", "store", "analysis", "report", "cli"));

  @ArchTest
  static final ArchRule thePlanKnowsNoEngine =
      noClasses()
          .that()
          .resideInAPackage("org.saddlemap.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "org.apache.parquet..");

  @ArchTest
  static final ArchRule oneClassCallsWhatSparkKeepsToItself =
      noClasses()
          .that()
          .resideInAnyPackage(DRIVER)
          .and()
          .resideOutsideOfPackage("org.saddlemap.spark..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "org\\.apache\\.spark\\.(deploy\\..+|status\\.[A-Z].+|SparkEnv|SparkUserAppException"
                  + "|mllib\\.util\\.MLUtils.*|scheduler\\.LiveListenerBus)");

  @ArchTest
  static final ArchRule nobodyKnowsTheCommands =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.saddlemap.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.saddlemap.cli..");

  @ArchTest
  static final ArchRule theDriverEntersTheWorkerThroughItsDoor =
      noClasses()
          .that()
          .resideInAnyPackage(packages("plan", "schedule", "store", "analysis", "report"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(packages("optimize", "curvature", "examine"));

  private static String[] packages(String... names) {
    String[] out = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      out[i] = "org.saddlemap." + names[i] + "..";
    }
    return out;
  }

  private static String[] concat(String[] a, String[] b) {
    String[] out = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
