import CKernels
import NNCore
import Testing

/// A number type that kernels exist for.
protocol KernelReal: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  associatedtype Bits: FixedWidthInteger & UnsignedInteger
  var bits: Bits { get }
  init(wide: Wide)
  var wide: Wide { get }
  static func ofBits(_ bits: UInt64) -> Self
}

#if arch(x86_64)
  /// The type that oracles compute in.
  typealias Wide = Float80
#else
  /// The type that oracles compute in.
  typealias Wide = Double
#endif

extension Float: KernelReal {
  var bits: UInt32 { bitPattern }
  init(wide: Wide) { self.init(wide) }
  var wide: Wide { Wide(self) }
  static func ofBits(_ bits: UInt64) -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: bits))
  }
}

extension Double: KernelReal {
  var bits: UInt64 { bitPattern }
  init(wide: Wide) { self.init(wide) }
  var wide: Wide { Wide(self) }
  static func ofBits(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
}

/// One of the tables that this machine can run.
///
/// `@unchecked Sendable`: the tables are constants of the program.
struct KernelTable: @unchecked Sendable, CustomTestStringConvertible {
  let isa: String
  let type: any KernelReal.Type
  private let pointer: UnsafePointer<nn_kernels>

  init?(isa: String, type: any KernelReal.Type) {
    let size = type == Float.self ? 4 : 8
    guard let pointer = nn_kernels_named(isa, size) else { return nil }
    self.isa = isa
    self.type = type
    self.pointer = pointer
  }

  var kernels: nn_kernels { pointer.pointee }
  var testDescription: String { "\(isa) \(type)" }

  /// Every table here, the scalar one of each type first.
  static let all: [KernelTable] = ["scalar", "avx2", "avx512", "neon"].flatMap { isa in
    [KernelTable(isa: isa, type: Float.self), KernelTable(isa: isa, type: Double.self)]
      .compactMap(\.self)
  }

  func elementwise(_ opcode: nn_opcode) -> nn_elementwise? {
    withUnsafeBytes(of: kernels.elementwise) {
      $0.bindMemory(to: nn_elementwise?.self)[Int(opcode.rawValue)]
    }
  }

  /// opcode(operands…) over as many elements as the first operand has.
  func apply<Real: KernelReal>(_ opcode: nn_opcode, _ operands: [Real]...) -> [Real] {
    var result = [Real](repeating: -77, count: operands[0].count + 3)
    let last = operands[operands.count - 1]
    elementwise(opcode)?(
      &result, operands[0], operands.count > 1 ? operands[1] : last,
      operands.count > 2 ? operands[2] : last, operands[0].count)
    #expect(result.suffix(3).allSatisfy { $0 == -77 }, "written past the end")
    return Array(result.dropLast(3))
  }
}

/// Lengths around every border that kernels have.
let lengths = [0, 1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 31, 33, 63, 64, 65, 1023, 1024, 1025, 2500]

/// Deterministic numbers in -scale ..< scale.
func numbers<Real: KernelReal>(
  _ count: Int, stream: UInt32 = 0, scale: Double = 2, as type: Real.Type = Real.self
) -> [Real] {
  let generator = Philox(seed: 11, stream: stream)
  return (0..<count).map { Real((generator.uniform($0) * 2 - 1) * scale) }
}

/// Same number, where all NaNs count as one and zeros keep their sign.
func same<Real: KernelReal>(_ a: Real, _ b: Real) -> Bool {
  a.isNaN ? b.isNaN : a.bits == b.bits
}

func same<Real: KernelReal>(_ a: [Real], _ b: [Real]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
}

/// Records an issue for the first element that is further than `tolerance` (absolute, plus relative
/// to the expected value) from the oracle.
func expectClose<Real: KernelReal>(
  _ result: [Real], _ expected: [Double], tolerance: Double, _ what: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.count == expected.count, sourceLocation: sourceLocation)
  for (index, (value, oracle)) in zip(result, expected).enumerated() {
    let number = Double(value)
    let isClose =
      oracle.isNaN
      ? number.isNaN
      : number == oracle || abs(number - oracle) <= tolerance * (1 + abs(oracle))
    if !isClose {
      Issue.record(
        "element \(index) is \(number), expected \(oracle) \(what())",
        sourceLocation: sourceLocation)
      return
    }
  }
}

extension KernelReal {
  /// A bound for results of short sums: a few dozen roundings.
  static var tolerance: Double { self == Float.self ? 4e-6 : 1e-14 }
}
