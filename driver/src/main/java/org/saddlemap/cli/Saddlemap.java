package org.saddlemap.cli;

import java.io.PrintWriter;
import org.apache.spark.SparkException;
import org.saddlemap.record.Build;
import org.saddlemap.record.Locales;
import org.saddlemap.spark.SparkInternals;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.SweepLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: finds the command, and turns how it ended into a message and an exit code. */
@Command(
    name = "saddlemap",
    mixinStandardHelpOptions = true,
    versionProvider = Saddlemap.Version.class,
    description =
        "Sweeps hyperparameters and says of every network where its descent ended, and why.",
    subcommands = {
      PlanCommand.class,
      CalibrateCommand.class,
      SimulateCommand.class,
      RunCommand.class,
      StatusCommand.class,
      WatchCommand.class,
      VerifyCommand.class,
      SqlCommand.class,
      ReportCommand.class,
      AnalyseCommand.class,
      ExplainCommand.class,
      ReplayCommand.class,
      ExamineCommand.class,
      ExportCommand.class,
      ReclassifyCommand.class,
      RemoveCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Saddlemap implements Runnable {
  /** The sweep is complete, whatever its verdicts. */
  static final int OK = 0;

  /** The user's input is wrong. */
  static final int INVALID = 2;

  /** Coverage is incomplete, or something failed that the user's input is not to blame for. */
  static final int INCOMPLETE = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Saddlemap.class);

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /**
   * Runs the command and ends the process with its exit code.
   *
   * <p>YARN's application master, whose process is the driver's in cluster mode, is the exception:
   * it takes whatever exits under it for a failure, even with 0, and starts the driver again. It is
   * told of the code by Spark's own exception, and of success by a return.
   */
  public static void main(String[] args) throws SparkException {
    int code = run(args);
    if (!isInApplicationMaster()) {
      System.exit(code);
    }
    if (code != OK) {
      throw SparkInternals.exit(code);
    }
  }

  /** The application master sets both properties itself. */
  private static boolean isInApplicationMaster() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  static int run(String... args) {
    return run(commandLine(), args);
  }

  static int run(CommandLine command, String... args) {
    Locales.pin();
    try {
      return command.execute(args);
    } catch (OutOfMemoryError e) {
      LOG.error("Out of memory", e);
      command
          .getErr()
          .println(
              "saddlemap: out of memory (%s): more heap is Spark's --driver-memory, such as 4g; or a file claims to hold more than it can, which saddlemap verify finds"
                  .formatted(e.getMessage()));
      command.getErr().flush();
      return INCOMPLETE;
    }
  }

  /** All commands, with errors as messages and exit codes. */
  static CommandLine commandLine() {
    return new CommandLine(new Saddlemap())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // a name may start with @
        .setParameterExceptionHandler(Saddlemap::badArguments)
        .setExecutionExceptionHandler(Saddlemap::failed);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
  }

  private static int badArguments(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("saddlemap: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Try 'saddlemap help' or 'saddlemap help COMMAND'.");
    }
    return INVALID;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult result) {
    PrintWriter err = command.getErr();
    if (e instanceof InvalidInput) {
      LOG.info("Invalid input", e);
      err.println("saddlemap: " + e.getMessage());
      return INVALID;
    }
    if (e instanceof SweepLock.Held) {
      LOG.info("The sweep is held", e);
      err.println("saddlemap: " + e.getMessage());
      return INCOMPLETE;
    }
    LOG.error("Command failed", e);
    String message =
        e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
    err.println(
        "saddlemap: %s (%s; the log has the details: %s)"
            .formatted(
                message,
                e.getClass().getSimpleName(),
                System.getProperty("saddlemap.log", "your Spark log")));
    return INCOMPLETE;
  }

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"saddlemap " + Build.version()};
    }
  }
}
