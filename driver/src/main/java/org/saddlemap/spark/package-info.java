/** What is not Spark's public API, and so may change with any version of it. */
package org.saddlemap.spark;
