import Foundation
import NNKernels
import NNTestSupport
import Testing

@Suite("doctor and datasets")
struct DoctorTests {
  @Test("shows the machine")
  func doctor() throws {
    let output = try CommandLine.succeed("doctor", environment: ["OPENBLAS_CORETYPE": nil])
    for label in [
      "program", "CPU", "instruction sets", "vector loops", "BLAS", "float32 products",
      "float64 products", "threads", "image files", "data set",
    ] {
      #expect(output.contains("\n\(label)  ") || output.hasPrefix(label), "\(label)")
    }
    #expect(output.contains(BLAS.version))
    #expect(output.firstMatch(of: /float32 products +[1-9]\d* GFLOP\/s on one thread/) != nil)
  }

  @Test("uses the number of threads and reports the reason", arguments: [1, 3])
  func threads(count: Int) throws {
    let output = try CommandLine.succeed("doctor", "--threads", "\(count)")
    #expect(output.contains("\(count) (--threads \(count))"))
    let inherited = try CommandLine.succeed("doctor", environment: ["NN_THREADS": "\(count)"])
    #expect(inherited.contains("\(count) (NN_THREADS=\(count))"))
  }

  @Test("uses the loops that NN_MAX_ISA allows")
  func scalarLoops() throws {
    let output = try CommandLine.succeed("doctor", environment: ["NN_MAX_ISA": "scalar"])
    #expect(output.firstMatch(of: /vector loops +scalar\n/) != nil)
  }

  @Test("warns when a better core type exists, and only then")
  func coreType() throws {
    let free = try CommandLine.succeed("doctor", environment: ["OPENBLAS_CORETYPE": nil])
    #expect(!free.contains("warning:"))
    let wide = CPU.instructionSets.contains("avx512f")
    let held = try CommandLine.succeed("doctor", environment: ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(held.contains("warning: OpenBLAS uses Haswell kernels") == wide)
    #expect(held.contains("hint: unset OPENBLAS_CORETYPE") == wide)
  }

  @Test("lists every named data set")
  func datasets() throws {
    let output = try CommandLine.succeed("datasets")
    for name in [
      "fashion-mnist", "fashion-mnist-test", "xor", "circles", "moons", "spirals", "blobs", "sine",
    ] {
      #expect(output.contains("\n\(name)  "), "\(name)")
    }
    #expect(output.firstMatch(of: /\nxor +4 +2 +generated\n/) != nil)
    #expect(output.firstMatch(of: /\nsine +100 +- +generated/) != nil)
  }

  @Test("finds data sets in NN_DATA_DIR")
  func dataFolder() throws {
    let folder = try TemporaryFolder()
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 4, 9]
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8]
    try folder.write(.init(labels), to: "fashion-mnist/t10k-labels-idx1-ubyte")
    try folder.write(.init(images), to: "fashion-mnist/t10k-images-idx3-ubyte")
    let output = try CommandLine.succeed("datasets", environment: ["NN_DATA_DIR": folder.path])
    #expect(output.contains("\(folder.path)/fashion-mnist"))
    #expect(output.firstMatch(of: /fashion-mnist-test +2 +10 +/) != nil)
  }
}
