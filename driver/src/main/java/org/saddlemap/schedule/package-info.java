/** The Spark job of a sweep: chunks out, summaries in. The records go from tasks to files. */
package org.saddlemap.schedule;
