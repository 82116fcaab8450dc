import ArgumentParser
import NNCore
import NNData
import NNKernels

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Shows what computes here and how fast: CPU, vector loops, BLAS, threads, data.",
    discussion: """
      Measures matrix products for a moment and warns when OpenBLAS is held to slower loops than \
      the CPU offers.

      EXAMPLES:
        nntrain doctor
        nntrain doctor --threads 1
      """)

  @OptionGroup var threadOptions: ThreadOptions

  func run() throws {
    let threads = try threadOptions.apply()
    let speeds = [DType.float32, .float64].map { ($0, BLAS.measuredPeak(dtype: $0)) }
    var table = Table(("", .left), ("", .left))
    table.add("program", programVersion)
    table.add("CPU", CPU.modelName)
    table.add("instruction sets", CPU.instructionSets.joined(separator: " "))
    table.add("vector loops", Kernels.isa)
    table.add("BLAS", "OpenBLAS \(BLAS.version), core type \(BLAS.coreName)")
    for (dtype, peak) in speeds {
      table.add("\(dtype) products", Self.text(peak, threads: threads.count))
    }
    table.add("threads", "\(threads.count) (\(threads.reason))")
    let listings = DatasetListing.all().filter { $0.location != "generated" }
    for listing in listings {
      table.add(
        "data set", listing.name + ": " + (listing.location ?? "not found"))
    }
    try Console.print(table.text)
    if let better = BLAS.betterCoreName {
      try Console.print(
        """
        warning: OpenBLAS computes with \(BLAS.coreName) loops, this CPU can run \(better)
          hint: unset OPENBLAS_CORETYPE, or set it to \(better)
        """)
    }
    for hint in Set(listings.compactMap(\.hint)).sorted() {
      try Console.print("note: to get the data sets that were not found: \(hint)")
    }
  }

  private static func text(_ peak: BLAS.Peak, threads: Int) -> String {
    let one = "\(NumberText.fixed(peak.oneThread, decimals: 0)) GFLOP/s on one thread"
    guard threads > 1 else { return one }
    return "\(one), \(NumberText.fixed(peak.allThreads, decimals: 0)) on \(threads)"
  }
}
