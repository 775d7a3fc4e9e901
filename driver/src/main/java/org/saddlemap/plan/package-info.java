/**
 * What a sweep consists of, which parts of it are done, what it will cost, and how it is cut into
 * tasks. Pure: it knows no Spark and no file.
 */
package org.saddlemap.plan;
