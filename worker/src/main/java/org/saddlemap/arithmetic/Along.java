package org.saddlemap.arithmetic;

/** Along what a mean is taken: down each column of the batch, or across each of its rows. */
public enum Along {
  COLUMN,
  ROW
}
