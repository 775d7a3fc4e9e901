/**
 * The warehouse: Parquet tables in Hive-style folders, chunk files that commit themselves, and what
 * is read back from them. {@link org.saddlemap.store.Warehouse} says where everything lies, {@code
 * AtomicFiles} how files get there in one step, {@code TableFile} and {@code RowReader} what is in
 * them. {@link org.saddlemap.store.Chunks} and {@link org.saddlemap.store.Catalogue} are what a run
 * writes; {@link org.saddlemap.store.SweepLock} lets one run at a time do so.
 */
package org.saddlemap.store;
