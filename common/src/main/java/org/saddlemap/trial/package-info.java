/** The unit that is trained, judged and recorded: its identity, its random streams, its status. */
package org.saddlemap.trial;
