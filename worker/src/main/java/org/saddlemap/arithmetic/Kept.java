package org.saddlemap.arithmetic;

/** What an activation has to remember of one pass for those to come, beside its value. */
public abstract class Kept {}
