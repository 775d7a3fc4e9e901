/** Questions to the warehouse: its tables as SQL views, and their answers as text. */
package org.saddlemap.analysis;
