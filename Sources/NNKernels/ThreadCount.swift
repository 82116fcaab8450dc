import CKernels
public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The default number of threads, and the reason for it.
public struct ThreadCount: Sendable, Hashable {
  /// The number of threads that share a job, the caller included; ≥ 1.
  public let count: Int
  /// The reason, as a text: `NN_THREADS=4`, `2 CPUs available`.
  public let reason: String

  /// The thread count for this process: `NN_THREADS` if set, else the smaller of the CPUs that the
  /// process may run on and its control group's CPU quota, rounded up.
  ///
  /// - Throws: `NNError` when `NN_THREADS` is not an integer from 1 to 1024.
  public static func detect() throws(NNError) -> ThreadCount {
    try decide(
      requested: getenv("NN_THREADS").map { String(cString: $0) },
      availableCPUs: availableCPUs, quota: controlGroupQuota())
  }

  /// The rule of ``detect()`` as a pure function.
  ///
  /// - Parameters:
  ///   - requested: the value of `NN_THREADS`, nil if unset.
  ///   - availableCPUs: CPUs that the process may run on.
  ///   - quota: the control group's CPU quota, in CPUs; nil if unlimited.
  /// - Throws: `NNError` when `requested` is not an integer from 1 to 1024.
  package static func decide(
    requested: String?, availableCPUs: Int, quota: Double?
  ) throws(NNError) -> ThreadCount {
    if let requested {
      guard let count = Int(requested), (1...maximum).contains(count) else {
        throw .invalid(
          "NN_THREADS is \"\(requested)\", expected an integer from 1 to \(maximum)",
          at: "environment", hint: "unset NN_THREADS to use every CPU that is available")
      }
      return ThreadCount(count: count, reason: "NN_THREADS=\(count)")
    }
    return limit(availableCPUs: availableCPUs, quota: quota)
  }

  /// The number of threads that the machine allows, whatever the environment requests.
  package static func limit(availableCPUs: Int, quota: Double?) -> ThreadCount {
    let cpus = min(max(availableCPUs, 1), maximum)
    if let quota, quota < Double(cpus) {
      let count = max(1, Int(quota.rounded(.up)))
      return ThreadCount(
        count: count, reason: "control group quota of \(quota) of \(cpus) CPUs, rounded up")
    }
    return ThreadCount(count: cpus, reason: "\(cpus) \(cpus == 1 ? "CPU" : "CPUs") available")
  }

  /// The largest number of threads of the worker pool.
  static let maximum = 1024

  /// CPUs that the scheduler may run this process on.
  package static var availableCPUs: Int { nn_available_cpus() }

  /// The CPU quota of this process's control groups (version 2 and 1), in CPUs; nil if none of them
  /// sets a limit.
  ///
  /// - Parameter root: a prefix of `/proc` and `/sys`.
  package static func controlGroupQuota(root: String = "") -> Double? {
    ControlGroup.all(of: "cpu", root: root).compactMap { group in
      group.isUnified ? quotaV2(group.folder) : quotaV1(group.folder)
    }.min()
  }

  /// `cpu.max` holds `quota period` in microseconds, or `max period`.
  private static func quotaV2(_ folder: String) -> Double? {
    let numbers = SmallFile.text("\(folder)/cpu.max")?.split { $0.isWhitespace }.map(Double.init)
    guard let numbers, numbers.count == 2 else { return nil }
    return ratio(numbers[0], numbers[1])
  }

  /// `cpu.cfs_quota_us` is −1 if there is no limit.
  private static func quotaV1(_ folder: String) -> Double? {
    func number(_ name: String) -> Double? {
      SmallFile.text("\(folder)/\(name)").flatMap { text in
        text.split { $0.isWhitespace }.first.flatMap(Double.init)
      }
    }
    return ratio(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
  }

  private static func ratio(_ quota: Double?, _ period: Double?) -> Double? {
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return quota / period
  }
}
