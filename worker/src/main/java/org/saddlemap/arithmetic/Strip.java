package org.saddlemap.arithmetic;

/** One number for each column, or each row, of a matrix. */
public abstract class Strip {}
