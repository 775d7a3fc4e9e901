package org.saddlemap.run;

import static org.saddlemap.verdict.Cause.BUDGET;
import static org.saddlemap.verdict.Cause.DEAD_UNITS;
import static org.saddlemap.verdict.Cause.EQUAL_UNITS;
import static org.saddlemap.verdict.Cause.EXPLODING_SIGNAL;
import static org.saddlemap.verdict.Cause.MODEL;
import static org.saddlemap.verdict.Cause.NOISE;
import static org.saddlemap.verdict.Cause.NONE;
import static org.saddlemap.verdict.Cause.NOTHING_TO_LEARN;
import static org.saddlemap.verdict.Cause.PENALTY;
import static org.saddlemap.verdict.Cause.RATE_TOO_LARGE;
import static org.saddlemap.verdict.Cause.RATE_TOO_LARGE_AT_END;
import static org.saddlemap.verdict.Cause.RATE_TOO_SMALL;
import static org.saddlemap.verdict.Cause.SADDLE;
import static org.saddlemap.verdict.Cause.SATURATED_UNITS;
import static org.saddlemap.verdict.Cause.SCHEDULE_ENDED;
import static org.saddlemap.verdict.Cause.TARGETS_OUT_OF_REACH;
import static org.saddlemap.verdict.Cause.UNSCALED_INPUTS;
import static org.saddlemap.verdict.Cause.VANISHING_SIGNAL;
import static org.saddlemap.verdict.Cause.WEIGHT_DECAY;

import java.util.List;
import java.util.Set;
import org.saddlemap.verdict.Cause;

/** Trials that something was done to on purpose, and the causes that were put in. */
final class Situations {
  private static final String BLOBS =
      "{synthetic: {problem: blobs, rows: 150, features: 4, classes: 3, noise: 0.4}, holdout: 0}";

  private static final String TEACHER =
      "{synthetic: {problem: teacher, rows: 120, features: 5, noise: 0.05}, holdout: 0}";

  private static final String LINEAR =
      "{synthetic: {problem: deep_linear, rows: 100, features: 4}, holdout: 0}";

  private static final String XOR = "{synthetic: {problem: xor, rows: 100}, holdout: 0}";
  private static final String SPIRALS = "{synthetic: {problem: spirals, rows: 120}, holdout: 0}";

  private static final String DIGITS =
      "{csv: data/digits.csv.gz, label: last, scale: standard, limit: 150, holdout: 0}";

  static final List<Situation> SITUATIONS =
      List.of(
          of(
              "a column of size 10,000 before ReLU",
              table("large-column", "regression"),
              "depth=2;width=16;activation=relu;initializer=he_normal;loss=mse;learning_rate=0.01;batch_size=full;max_steps=300",
              UNSCALED_INPUTS),
          of(
              "years before tanh",
              table("years", "classification"),
              "depth=1;width=12;activation=tanh;loss=binary_cross_entropy;optimizer=adam;learning_rate=0.01;batch_size=16;max_steps=300",
              UNSCALED_INPUTS),
          of(
              "a column of size 10,000 before a linear model",
              table("large-column", "regression"),
              "depth=0;loss=mse;learning_rate=0.1;batch_size=full;max_steps=300",
              UNSCALED_INPUTS),
          of(
              "years before sigmoid and momentum",
              table("years", "classification"),
              "depth=2;width=8;activation=sigmoid;loss=cross_entropy;optimizer=momentum;learning_rate=0.05;batch_size=full;max_steps=400",
              UNSCALED_INPUTS),
          of(
              "prices behind a sigmoid",
              table("prices", "regression"),
              "depth=1;width=6;activation=tanh;output_activation=sigmoid;loss=mse;learning_rate=0.1;batch_size=full;max_steps=500",
              TARGETS_OUT_OF_REACH),
          of(
              "prices behind tanh",
              table("prices", "regression"),
              "depth=2;width=10;activation=relu;initializer=he_normal;output_activation=tanh;loss=mse;optimizer=adam;learning_rate=0.01;batch_size=16;max_steps=400",
              TARGETS_OUT_OF_REACH),
          of(
              "signed targets behind ReLU",
              TEACHER,
              "depth=1;width=12;activation=tanh;output_activation=relu;loss=mse;learning_rate=0.1;batch_size=full;max_steps=500",
              TARGETS_OUT_OF_REACH),
          of(
              "L2 of 1 on classes",
              BLOBS,
              "depth=1;width=8;activation=tanh;loss=cross_entropy;l2=1;learning_rate=0.1;batch_size=full;max_steps=600",
              PENALTY),
          of(
              "L2 of 0.3 on numbers",
              TEACHER,
              "depth=2;width=10;activation=relu;initializer=he_normal;loss=mse;l2=0.3;optimizer=adam;learning_rate=0.01;batch_size=30;max_steps=500",
              PENALTY),
          of(
              "all weights 0",
              BLOBS,
              "depth=2;width=8;activation=tanh;initializer=zeros;loss=cross_entropy;learning_rate=0.1;batch_size=full;max_steps=300",
              EQUAL_UNITS),
          of(
              "all weights 0.3",
              SPIRALS,
              "depth=1;width=8;activation=sigmoid;initializer=constant(0.3);loss=cross_entropy;optimizer=adam;learning_rate=0.01;batch_size=30;max_steps=600",
              EQUAL_UNITS),
          of(
              "all weights 0 before ReLU",
              DIGITS,
              "depth=2;width=16;activation=relu;initializer=zeros;loss=cross_entropy;learning_rate=0.1;batch_size=32;max_steps=300",
              EQUAL_UNITS,
              DEAD_UNITS),
          of(
              "ten layers of sigmoid",
              BLOBS,
              "depth=10;width=8;activation=sigmoid;loss=cross_entropy;learning_rate=0.1;batch_size=full;max_steps=300",
              VANISHING_SIGNAL),
          of(
              "six layers of tanh, weights of 0.01",
              DIGITS,
              "depth=6;width=16;activation=tanh;initializer=normal(0.01);loss=cross_entropy;learning_rate=0.1;batch_size=50;max_steps=200",
              VANISHING_SIGNAL),
          of(
              "eight layers of ReLU, weights of 0.05",
              XOR,
              "depth=8;width=6;activation=relu;initializer=uniform(0.05);loss=binary_cross_entropy;optimizer=adam;learning_rate=0.001;batch_size=25;max_steps=500",
              VANISHING_SIGNAL),
          of(
              "twelve layers of ReLU, weights of 2",
              BLOBS,
              "depth=12;width=12;activation=relu;initializer=normal(2);loss=mse;learning_rate=0.01;batch_size=full;max_steps=100",
              EXPLODING_SIGNAL),
          of(
              "eight linear layers, weights of 1",
              TEACHER,
              "depth=8;width=24;activation=identity;initializer=normal(1);loss=mse;learning_rate=0.001;batch_size=20;max_steps=200",
              EXPLODING_SIGNAL),
          of(
              "six layers of GELU, weights of 2, Adam",
              DIGITS,
              "depth=6;width=16;activation=gelu;initializer=normal(2);loss=cross_entropy;optimizer=adam;learning_rate=0.001;batch_size=50;max_steps=200",
              EXPLODING_SIGNAL),
          of(
              "rate 30 on numbers",
              TEACHER,
              "depth=1;width=16;activation=relu;initializer=he_normal;loss=mse;learning_rate=30;batch_size=full;max_steps=200",
              RATE_TOO_LARGE),
          of(
              "rate 100 on the digits",
              DIGITS,
              "depth=1;width=16;activation=tanh;loss=cross_entropy;learning_rate=100;batch_size=full;max_steps=300",
              RATE_TOO_LARGE),
          of(
              "a step that leaves ReLU dead",
              table("prices", "regression"),
              "depth=1;width=8;activation=relu;initializer=he_normal;loss=mse;learning_rate=0.3;batch_size=full;max_steps=300",
              RATE_TOO_LARGE),
          of(
              "rate 3 with momentum on a linear model",
              LINEAR,
              "depth=0;loss=mse;optimizer=momentum;learning_rate=3;batch_size=25;max_steps=400",
              RATE_TOO_LARGE),
          of(
              "Adam at rate 10 on numbers",
              TEACHER,
              "depth=2;width=16;activation=relu;initializer=he_normal;loss=mse;optimizer=adam;learning_rate=10;batch_size=full;max_steps=200",
              RATE_TOO_LARGE),
          of(
              "rate 1e-6",
              TEACHER,
              "depth=1;width=8;activation=tanh;loss=mse;learning_rate=1.0e-6;batch_size=full;max_steps=500",
              RATE_TOO_SMALL),
          of(
              "Adam at rate 1e-6",
              BLOBS,
              "depth=1;width=8;activation=relu;initializer=he_normal;loss=cross_entropy;optimizer=adam;learning_rate=1.0e-6;batch_size=30;max_steps=400",
              RATE_TOO_SMALL),
          of(
              "rate 1e-5 on the digits",
              DIGITS,
              "depth=1;width=12;activation=sigmoid;loss=cross_entropy;learning_rate=1.0e-5;batch_size=50;max_steps=300",
              RATE_TOO_SMALL),
          of(
              "RMSprop of the full batch at rate 0.03",
              TEACHER,
              "depth=1;width=8;activation=tanh;loss=mse;optimizer=rmsprop;learning_rate=0.03;batch_size=full;max_steps=1500",
              RATE_TOO_LARGE_AT_END),
          of(
              "RMSprop of the full batch on a linear model",
              table("repeated", "regression"),
              "depth=0;loss=mse;optimizer=rmsprop;learning_rate=0.1;batch_size=full;max_steps=1500",
              RATE_TOO_LARGE_AT_END),
          of(
              "one row at a time",
              table("repeated", "regression"),
              "depth=0;loss=mse;learning_rate=0.2;batch_size=1;max_steps=2000",
              NOISE),
          of(
              "two rows at a time",
              table("repeated", "regression"),
              "depth=1;width=6;activation=tanh;loss=mse;learning_rate=0.1;batch_size=2;max_steps=2000",
              NOISE),
          of(
              "thirty steps on the digits",
              DIGITS,
              "depth=1;width=16;activation=tanh;loss=cross_entropy;learning_rate=0.1;batch_size=50;max_steps=30",
              BUDGET),
          of(
              "a cosine over thirty steps on the digits",
              DIGITS,
              "depth=1;width=16;activation=tanh;loss=cross_entropy;learning_rate=0.1;schedule=cosine;batch_size=50;max_steps=30",
              SCHEDULE_ENDED),
          of(
              "a line to 0 within sixty steps of Adam",
              TEACHER,
              "depth=1;width=12;activation=relu;initializer=he_normal;loss=mse;optimizer=adam;learning_rate=0.01;schedule=linear;warmup=20;batch_size=full;max_steps=60",
              SCHEDULE_ENDED),
          of(
              "a cosine at rate 1e-6",
              TEACHER,
              "depth=1;width=8;activation=tanh;loss=mse;learning_rate=1.0e-6;schedule=cosine;batch_size=full;max_steps=500",
              RATE_TOO_SMALL),
          of(
              "dropout, at rate 1e-6",
              TEACHER,
              "depth=1;width=8;activation=tanh;loss=mse;dropout=0.5;learning_rate=1.0e-6;batch_size=full;max_steps=500",
              RATE_TOO_SMALL),
          of(
              "a half of eight units left out of a linear map",
              LINEAR,
              "depth=1;width=8;activation=identity;loss=mse;dropout=0.5;learning_rate=0.01;batch_size=full;max_steps=3000",
              NOISE),
          of(
              "AdamW with a decay of 5 on a linear model",
              LINEAR,
              "depth=0;loss=mse;optimizer=adamw;weight_decay=5;learning_rate=0.01;batch_size=full;max_steps=2000",
              WEIGHT_DECAY),
          of(
              "sixty steps of Adam",
              TEACHER,
              "depth=1;width=12;activation=relu;initializer=he_normal;loss=mse;optimizer=adam;learning_rate=0.01;batch_size=full;max_steps=60",
              BUDGET),
          of(
              "eighty steps on spirals",
              SPIRALS,
              "depth=2;width=16;activation=tanh;loss=cross_entropy;optimizer=nesterov;learning_rate=0.1;batch_size=full;max_steps=80",
              BUDGET),
          of(
              "weights of -0.5 on positive inputs",
              table("positive-inputs", "regression"),
              "depth=1;width=6;activation=relu;initializer=constant(-0.5);loss=mse;learning_rate=0.05;batch_size=full;max_steps=300",
              DEAD_UNITS,
              EQUAL_UNITS),
          of(
              "ten layers of two ReLUs",
              BLOBS,
              "depth=10;width=2;activation=relu;initializer=he_normal;loss=cross_entropy;learning_rate=0.05;batch_size=30;max_steps=300",
              DEAD_UNITS),
          of(
              "weights of 10 before tanh",
              DIGITS,
              "depth=4;width=12;activation=tanh;initializer=normal(10);loss=mse;output_activation=tanh;learning_rate=0.01;batch_size=full;max_steps=300",
              SATURATED_UNITS),
          of(
              "weights of 50 before sigmoid",
              XOR,
              "depth=2;width=4;activation=sigmoid;initializer=normal(50);output_activation=sigmoid;loss=mse;learning_rate=0.1;batch_size=full;max_steps=300",
              SATURATED_UNITS),
          of(
              "two sigmoids on the four points of XOR",
              table("four-points", "regression"),
              "depth=1;width=2;activation=sigmoid;output_activation=sigmoid;initializer=uniform(0.5);loss=mse;learning_rate=0.35;batch_size=full;max_steps=1000",
              SADDLE),
          of(
              "a linear network near 0",
              LINEAR,
              "depth=1;width=6;activation=identity;initializer=normal(0.001);bias=false;loss=mse;learning_rate=0.001;batch_size=full;max_steps=100",
              SADDLE,
              VANISHING_SIGNAL),
          of(
              "a linear model of XOR",
              XOR,
              "depth=0;loss=binary_cross_entropy;learning_rate=0.3;batch_size=full;max_steps=800",
              MODEL),
          of(
              "a linear model of spirals",
              SPIRALS,
              "depth=0;loss=cross_entropy;learning_rate=0.5;batch_size=full;max_steps=1500",
              MODEL),
          of(
              "labels that the inputs say nothing of",
              table("coin", "classification"),
              "depth=0;loss=binary_cross_entropy;learning_rate=0.5;batch_size=full;max_steps=800",
              MODEL),
          of(
              "a linear map, learned",
              LINEAR,
              "depth=0;loss=mse;learning_rate=0.1;batch_size=full;max_steps=800",
              NONE),
          of(
              "a deep linear map, learned",
              LINEAR,
              "depth=2;width=8;activation=identity;loss=mse;optimizer=adam;learning_rate=0.01;batch_size=full;max_steps=800",
              NONE),
          of(
              "separate blobs, learned",
              BLOBS,
              "depth=1;width=16;activation=tanh;loss=mse;optimizer=adam;learning_rate=0.03;batch_size=full;max_steps=1500",
              NONE),
          of(
              "the digits, learned",
              DIGITS,
              "depth=1;width=32;activation=relu;initializer=he_normal;loss=cross_entropy;optimizer=adam;learning_rate=0.01;batch_size=50;max_steps=400",
              NONE),
          of(
              "each input with each label",
              table("balanced", "regression"),
              "depth=1;width=6;activation=tanh;loss=mse;learning_rate=0.1;batch_size=full;max_steps=100",
              NOTHING_TO_LEARN));

  private Situations() {}

  /** One trial, and what was put in: two causes only where both were. */
  record Situation(String name, String data, String configuration, Set<Cause> causes) {}

  private static Situation of(String name, String data, String configuration, Cause... causes) {
    return new Situation(name, data, configuration, Set.of(causes));
  }

  private static String table(String name, String task) {
    return "{csv: %s, label: last, header: 'no', task: %s, scale: none, holdout: 0}"
        .formatted(name, task);
  }
}
