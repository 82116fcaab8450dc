/* Included by kernel_list.h where only its rows are of interest. */
