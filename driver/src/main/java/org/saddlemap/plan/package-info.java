/**
 * What a sweep consists of, what it will cost, and how it is cut into tasks. Pure; knows no Spark.
 */
package org.saddlemap.plan;
