/**
 * The warehouse: Parquet tables in Hive-style folders, chunk files that commit themselves, and what
 * is read back from them.
 */
package org.saddlemap.store;
