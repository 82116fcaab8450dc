int nn_placeholder;
