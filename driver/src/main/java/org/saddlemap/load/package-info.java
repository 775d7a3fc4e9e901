/** Opens the data that a spec names, through Hadoop's file systems and Spark's readers. */
package org.saddlemap.load;
