/* The loops of CKernels.h, compiled for several instruction sets. Their tables are declared in
   CKernels, which selects one of them. */
#pragma once
