import NNTraining

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A schedule with its options, and its rates from a plain formula.
struct ScheduleSample: ComponentSample {
  let text: String
  /// The learning rate after `index` epochs or steps.
  let rate: @Sendable (_ index: Int, _ base: Double) -> Double

  init(_ text: String, _ rate: @escaping @Sendable (_ index: Int, _ base: Double) -> Double) {
    self.text = text
    self.rate = rate
  }

  /// Every schedule of the registry.
  static let all: [ScheduleSample] = [
    .init("step_lr: {step_size: 3, gamma: 0.5}") { $1 * pow(0.5, Double($0 / 3)) },
    .init("multi_step_lr: {milestones: [2, 5, 6], gamma: 0.1}") { index, base in
      [2, 5, 6].reduce(base) { index < $1 ? $0 : $0 * 0.1 }
    },
    .init("exponential_lr: {gamma: 0.9}") { $1 * pow(0.9, Double($0)) },
    .init("cosine_annealing_lr: {T_max: 8, eta_min: 0.01}") { index, base in
      0.01 + (base - 0.01) * (1 + cos(.pi * Double(index) / 8)) / 2
    },
    .init("linear_lr: {start_factor: 0.25, end_factor: 0.75, total_iters: 4}") { index, base in
      base * (0.25 + 0.5 * Double(min(index, 4)) / 4)
    },
    .init("constant_lr: {factor: 0.5, total_iters: 3}") { $0 < 3 ? $1 * 0.5 : $1 },
    .init(
      "one_cycle_lr: {max_lr: 0.5, total_steps: 11, pct_start: 0.5, div_factor: 5, "
        + "final_div_factor: 10, anneal_strategy: linear, interval: epoch}"
    ) { index, _ in
      // Up from 0.1 for 4.5 steps, down to 0.01 for 5.5.
      let place = Double(min(index, 10))
      return place <= 4.5 ? 0.1 + 0.4 * place / 4.5 : 0.5 - 0.49 * (place - 4.5) / 5.5
    },
  ]
}

extension ScheduleSample {
  /// The schedule by epochs or by steps, without state of an earlier call.
  func schedule(_ interval: Interval = .epoch) throws -> ScheduleChain {
    try Config(
      yaml: smallConfig, overrides: ["schedule={\(text)}", "schedule.\(kind).interval=\(interval)"]
    ).makeSchedule()
  }
}
