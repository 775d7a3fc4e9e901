package org.saddlemap.space;

/** The SQL-visible type of a column. */
public enum ValueType {
  STRING,
  LONG,
  DOUBLE,
  BOOLEAN
}
