/** Training data, prepared once and shared: readers, scaling, synthetic problems. */
package org.saddlemap.data;
