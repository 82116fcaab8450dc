/* Fused programs: each block of NN_BLOCK elements passes through all instructions while it is in
   the L1 cache. */

/* A program that is ready to run: the memory of each register and the traversal of strided
   operands. */
typedef struct FN(run_state) {
  const nn_program *program;
  nn_register *registers;
} FN(run_state);

/* The period of a strided operand, in elements; the whole space if it is not periodic. */
NN_INLINE size_t FN(period)(const nn_program *program, const nn_operand *operand) {
  int axis = 0;
  while (axis < program->rank &&
         (operand->strides[axis] == 0 || program->extents[axis] == 1)) {
    axis++;
  }
  size_t period = 1;
  for (; axis < program->rank; axis++) period *= (size_t)program->extents[axis];
  return period;
}

/* The number of contiguous elements that read the same element of a strided operand; 0 if it is too
   small to pay off. */
NN_INLINE size_t FN(run)(const nn_program *program, const nn_operand *operand) {
  size_t run = 1;
  for (int axis = program->rank - 1; axis >= 0 && operand->strides[axis] == 0; axis--) {
    run *= (size_t)program->extents[axis];
  }
  return run >= 16 ? run : 0;
}

/* Fills the register's slot if the whole block reads one element; else returns false. */
NN_INLINE bool FN(fill_from_run)(
    nn_register *entry, const nn_program *program, const nn_operand *operand, size_t position,
    size_t count) {
  if (entry->run == 0 || position % entry->run + count > entry->run) return false;
  const real *source = operand->address;
  size_t index = position;
  for (int axis = program->rank - 1; axis >= 0; axis--) {
    const size_t extent = (size_t)program->extents[axis];
    source += (ptrdiff_t)(index % extent) * operand->strides[axis];
    index /= extent;
  }
  if (entry->filled != source || entry->filled_count < count) {
    FN(fill_run)(entry->slot, *source, count);
    entry->filled = source;
    entry->filled_count = count;
  }
  return true;
}

/* Lays out the registers in the scratch buffer and fills those that are constant over all
   blocks. */
static FN(run_state) FN(prepare)(const nn_program *program, void *scratch) {
  const size_t count = (size_t)program->register_count;
  FN(run_state) state = {program, scratch};
  char *next = (char *)scratch + nn_aligned(count * sizeof(nn_register));
  for (size_t r = 0; r < count; r++) {
    nn_register *entry = &state.registers[r];
    *entry = (nn_register){.slot = next};
    const nn_operand *operand = r < (size_t)program->input_count ? &program->inputs[r] : NULL;
    if (operand != NULL && operand->kind == NN_CONTIGUOUS) continue;
    next += NN_BLOCK * sizeof(real);
    if (operand == NULL) continue;
    entry->address = entry->slot;
    if (operand->kind == NN_UNIFORM) {
      FN(fill_run)(entry->slot, *(const real *)operand->address, NN_BLOCK);
      entry->period = 1;
      continue;
    }
    next += NN_BLOCK * sizeof(real);
    const size_t period = FN(period)(program, operand);
    entry->run = FN(run)(program, operand);
    if (period > NN_BLOCK || period == 0) continue;
    const nn_view view = nn_collapsed(program->rank, program->extents, operand->strides);
    real *pattern = entry->slot;
    FN(gather)(pattern, operand->address, &view, 0, period);
    for (size_t i = period; i < NN_BLOCK + period; i++) pattern[i] = pattern[i - period];
    entry->period = period;
  }
  for (int32_t k = 0; k < program->output_count; k++) {
    const uint16_t r = program->output_registers[k];
    nn_register *entry = &state.registers[r];
    if (r >= program->input_count && entry->output == NULL) entry->output = program->outputs[k];
  }
  return state;
}

/* Computes the elements position ..< position + count, count ≤ NN_BLOCK, of every register. */
static void FN(evaluate)(const FN(run_state) *state, size_t position, size_t count) {
  const nn_program *program = state->program;
  nn_register *registers = state->registers;
  for (int32_t r = 0; r < program->input_count; r++) {
    const nn_operand *operand = &program->inputs[r];
    nn_register *entry = &registers[r];
    if (operand->kind == NN_CONTIGUOUS) {
      entry->address = (real *)operand->address + position;
    } else if (entry->period > 1) {
      entry->address = (real *)entry->slot + position % entry->period;
    } else if (entry->period == 0 &&
               !FN(fill_from_run)(entry, program, operand, position, count)) {
      entry->filled = NULL;
      const nn_view view = nn_collapsed(program->rank, program->extents, operand->strides);
      FN(gather)(entry->slot, operand->address, &view, position, count);
    }
  }
  for (int32_t r = program->input_count; r < program->register_count; r++) {
    nn_register *entry = &registers[r];
    entry->address = entry->output == NULL ? entry->slot : (real *)entry->output + position;
  }
  for (int32_t k = 0; k < program->instruction_count; k++) {
    const nn_instruction *step = &program->instructions[k];
    /* Unused operands may hold any number. */
    const bool two = step->opcode >= NN_UNARY_END, three = step->opcode >= NN_BINARY_END;
    FN(elementwise)[step->opcode](
        registers[step->target].address, registers[step->a].address,
        two ? registers[step->b].address : NULL, three ? registers[step->c].address : NULL, count);
  }
  for (int32_t k = 0; k < program->output_count; k++) {
    real *target = (real *)program->outputs[k] + position;
    const void *source = registers[program->output_registers[k]].address;
    if (source != target) memcpy(target, source, count * sizeof(real));
  }
}

static void FN(program_run)(
    const nn_program *program, size_t begin, size_t end, size_t count, size_t stride,
    void *scratch) {
  if (begin >= end || count == 0) return;
  const FN(run_state) state = FN(prepare)(program, scratch);
  for (size_t range = 0; range < count; range++, begin += stride, end += stride) {
    for (size_t position = begin; position < end; position += NN_BLOCK) {
      FN(evaluate)(&state, position, end - position < NN_BLOCK ? end - position : NN_BLOCK);
    }
  }
}
