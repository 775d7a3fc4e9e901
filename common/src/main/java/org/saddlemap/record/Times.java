package org.saddlemap.record;

/**
 * Where a trial's time went, in milliseconds. All but {@code queue} are 0 where another trial had
 * taken the same steps.
 *
 * @param queue from the submission of the sweep's job to the start of the trial
 * @param load from there to the first step: set-up and initial weights
 * @param train steps
 * @param examine everything after the last step, and the look at the initial weights
 */
public record Times(double queue, double load, double train, double examine) {
  public static final Times NONE = new Times(0, 0, 0, 0);

  /** Whether this trial was trained or examined, and not taken over from an equal one. */
  public boolean worked() {
    return train > 0 || examine > 0;
  }
}
