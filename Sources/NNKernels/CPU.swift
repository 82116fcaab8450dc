import NNCore

#if canImport(Darwin)
  import Darwin
#endif

/// The processor's name and instruction sets.
public enum CPU {
  /// The processor's marketing name, or the architecture where the system does not report it.
  public static let modelName: String = {
    #if canImport(Darwin)
      var length = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &length, nil, 0)
      var bytes = [UInt8](repeating: 0, count: length)
      if sysctlbyname("machdep.cpu.brand_string", &bytes, &length, nil, 0) == 0 {
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    #endif
    return description["model name"] ?? architecture
  }()

  /// The vector instruction sets that the processor offers, weakest first: `avx2`, `avx512f`, ….
  ///
  /// Empty where the system does not report them.
  public static let instructionSets: [String] = [
    "asimd", "sve", "sve2", "sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx512f",
    "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile",
  ].filter(features.contains)

  /// Every feature flag of the first processor.
  static let features: Set<String> = {
    let flags = description["flags"] ?? description["Features"] ?? ""
    return Set(flags.split(separator: " ").map(String.init))
  }()

  /// The first processor's block of `/proc/cpuinfo`.
  private static let description: [String: String] = parse(
    // One block is shorter than this; with many processors the whole file takes long to generate.
    SmallFile.text("/proc/cpuinfo", limit: 8192) ?? "")

  /// Parses `name : value` lines up to the first empty one.
  package static func parse(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { break }
      let parts = line.split(separator: ":", maxSplits: 1).map { part in
        part.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      }
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    return fields
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
