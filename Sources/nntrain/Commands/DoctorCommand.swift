import ArgumentParser
import NNCore
import NNData
import NNDrawing
import NNImages
import NNKernels
import NNReports

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Shows the machine and its speed: CPU, vector loops, BLAS, threads, data.",
    discussion: """
      Measures matrix products briefly and warns when OpenBLAS uses slower kernels than the CPU \
      supports.

      EXAMPLES:
        nntrain doctor
        nntrain doctor --threads 1
        nntrain doctor --json
      """)

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let threads = try globals.useThreads()
    let speeds = [DType.float32, .float64].map { ($0, BLAS.measuredPeak(dtype: $0)) }
    guard !jsonOption.json else {
      try Console.print(Self.json(threads, speeds).text)
      return
    }
    var table = Table(("", .left), ("", .left))
    table.add("program", programVersion)
    table.add("CPU", CPU.modelName)
    table.add("instruction sets", CPU.instructionSets.joined(separator: " "))
    table.add("vector loops", Kernels.isa)
    table.add("BLAS", "OpenBLAS \(BLAS.version), core type \(BLAS.coreName)")
    for (dtype, peak) in speeds {
      table.add("\(dtype) products", Self.text(peak))
    }
    table.add("threads", "\(threads.count) (\(threads.reason))")
    table.add("image files", ImageFile.formats.joined(separator: ", "))
    let listings = DatasetListing.all().filter { $0.location != "generated" }
    for listing in listings {
      table.add(
        "data set", listing.name + ": " + (listing.location ?? "not found"))
    }
    try Console.print(table.text)
    if let better = BLAS.betterCoreName {
      try Console.print(
        """
        warning: OpenBLAS uses \(BLAS.coreName) kernels, this CPU supports \(better)
          hint: unset OPENBLAS_CORETYPE, or set it to \(better)
        """)
    }
    for hint in Set(listings.compactMap(\.hint)).sorted() {
      try Console.print("note: to get the data sets that were not found: \(hint)")
    }
  }

  private static func json(
    _ threads: (count: Int, reason: String), _ speeds: [(dtype: DType, peak: BLAS.Peak)]
  ) -> JSONLine {
    var document = JSONLine()
    document.add("version", Version.current)
    document.add("cpu", CPU.modelName)
    document.add("instruction_sets", CPU.instructionSets)
    document.add("vector_loops", Kernels.isa)
    document.add("blas_version", BLAS.version)
    document.add("blas_core", BLAS.coreName)
    document.add("better_blas_core", text: BLAS.betterCoreName)
    document.add("threads", threads.count)
    document.add("threads_reason", threads.reason)
    document.add("image_formats", ImageFile.formats)
    document.add(
      "products",
      speeds.map { dtype, peak in
        var line = JSONLine()
        line.add("dtype", dtype.rawValue)
        line.add("gflops_one_thread", peak.oneThread)
        line.add("gflops", peak.allThreads)
        line.add("threads", peak.threads)
        return line
      })
    document.add(
      "datasets",
      DatasetListing.all().filter { $0.location != "generated" }.map { listing in
        var line = JSONLine()
        line.add("name", listing.name)
        line.add("location", text: listing.location)
        return line
      })
    return document
  }

  private static func text(_ peak: BLAS.Peak) -> String {
    let one = "\(NumberText.fixed(peak.oneThread, decimals: 0)) GFLOP/s on one thread"
    guard peak.threads > 1 else { return one }
    return "\(one), \(NumberText.fixed(peak.allThreads, decimals: 0)) on \(peak.threads)"
  }
}
