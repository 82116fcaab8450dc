/* The loops of CKernels.h, compiled for several instruction sets. Their tables are declared where one
   of them is chosen, in CKernels. */
#pragma once
