// The configuration space of each VF of SRD (SRD §8), one line per field, in the order of their offsets.
// Read by `config-space-table.ts`, which says what the columns mean:
//
//   offset | bits | access | reset by | bound or free | reset value | name | options

/** Type 0 header. */
export const VF_HEADER = `
000 15:0  HwInit -  bound 0xffff Vendor ID
002 15:0  HwInit -  bound 0xffff Device ID
004 0     RO     -  bound 0 I/O Space Enable
004 1     RO     -  bound 0 Memory Space Enable
004 2     RW     cf bound 0 Bus Master Enable
004 3     RO     -  bound 0 Special Cycle Enable
004 4     RO     -  bound 0 Memory Write and Invalidate
004 5     RO     -  bound 0 VGA Palette Snoop
004 6     RO     -  bound 0 Parity Error Response
004 7     RO     -  bound 0 IDSEL Stepping/Wait Cycle Control
004 8     RO     -  bound 0 SERR# Enable
004 9     RO     -  bound 0 Fast Back-to-Back Transactions Enable
004 10    RO     -  bound 0 Interrupt Disable
004 15:11 RsvdP  -  free  0 Reserved
006 0     RO     -  free  0 Immediate Readiness
006 3     RO     -  free  0 Interrupt Status
006 4     RO     -  bound 1 Capabilities List
006 8     RW1C   cf free  0 Master Data Parity Error
006 11    RW1C   cf free  0 Signaled Target Abort
006 12    RW1C   cf free  0 Received Target Abort
006 13    RW1C   cf free  0 Received Master Abort
006 14    RW1C   cf free  0 Signaled System Error
006 15    RW1C   cf free  0 Detected Parity Error
008 7:0   HwInit -  bound 1 Revision ID
009 23:0  RO     -  bound 0x120000 Class Code
00c 7:0   RO     -  free  0 Cache Line Size
00d 7:0   RO     -  free  0 Latency Timer
00e 6:0   RO     -  bound 0 Header Layout
00e 7     RO     -  free  0 Multi-Function Device
00f 7:0   RO     -  free  0 BIST
010 31:0  RO     -  bound 0 BAR0
014 31:0  RO     -  bound 0 BAR1
018 31:0  RO     -  bound 0 BAR2
01c 31:0  RO     -  bound 0 BAR3
020 31:0  RO     -  bound 0 BAR4
024 31:0  RO     -  bound 0 BAR5
028 31:0  RO     -  free  0 Cardbus CIS Pointer
02c 15:0  HwInit -  free  vendorId Subsystem Vendor ID
02e 15:0  HwInit -  free  deviceId Subsystem ID
030 31:0  RO     -  free  0 Expansion ROM Base Address
034 7:0   RO     -  bound 0x50 Capabilities Pointer
03c 7:0   RO     -  free  0 Interrupt Line
03d 7:0   RO     -  bound 0 Interrupt Pin
03e 7:0   RO     -  free  0 Min_Gnt
03f 7:0   RO     -  free  0 Max_Lat
`;

/** MSI-X, 0x50. */
export const VF_MSIX = `
050 7:0   RO     -  bound 0x11 MSI-X Capability ID
051 7:0   RO     -  bound 0x60 MSI-X Next Capability Pointer
052 10:0  RO     -  bound 1 MSI-X Table Size
052 13:11 RsvdP  -  free  0 Reserved
052 14    RW     cf bound 0 MSI-X Function Mask
052 15    RW     cf bound 0 MSI-X Enable
054 2:0   RO     -  bound 0 MSI-X Table BIR
054 31:3  RO     -  bound 0x100 MSI-X Table Offset
058 2:0   RO     -  bound 0 MSI-X PBA BIR
058 31:3  RO     -  bound 0x180 MSI-X PBA Offset
`;

/** PCI Express, 0x60. */
export const VF_PCIE = `
060 7:0   RO     -  bound 0x10 PCI Express Capability ID
061 7:0   RO     -  bound 0 PCI Express Next Capability Pointer
062 3:0   RO     -  bound 2 PCI Express Capability Version
062 7:4   RO     -  bound 0 Device/Port Type
062 8     HwInit -  free  0 Slot Implemented
062 13:9  RO     -  free  0 Interrupt Message Number
064 2:0   RO     -  free  maxPayloadCode Max_Payload_Size Supported
064 4:3   RO     -  free  0 Phantom Functions Supported
064 5     RO     -  free  1 Extended Tag Field Supported
064 8:6   RO     -  free  0 Endpoint L0s Acceptable Latency
064 11:9  RO     -  free  0 Endpoint L1 Acceptable Latency
064 15    RO     -  bound 1 Role-Based Error Reporting
064 25:18 RO     -  free  0 Captured Slot Power Limit Value
064 27:26 RO     -  free  0 Captured Slot Power Limit Scale
064 28    RO     -  bound 1 Function Level Reset Capability
068 0     RW     cf bound 0 Correctable Error Reporting Enable
068 1     RW     cf bound 0 Non-Fatal Error Reporting Enable
068 2     RW     cf bound 0 Fatal Error Reporting Enable
068 3     RW     cf bound 0 Unsupported Request Reporting Enable
068 4     RsvdP  -  bound 0 Enable Relaxed Ordering
068 7:5   RsvdP  -  bound 0 Max_Payload_Size
068 8     RsvdP  -  bound 0 Extended Tag Field Enable
068 9     RsvdP  -  bound 0 Phantom Functions Enable
068 10    RsvdP  -  bound 0 Aux Power PM Enable
068 11    RsvdP  -  bound 0 Enable No Snoop
068 14:12 RsvdP  -  bound 0 Max_Read_Request_Size
068 15    RW     -  bound 0 Initiate Function Level Reset | write=flr
06a 0     RW1C   cf free  0 Correctable Error Detected
06a 1     RW1C   cf free  0 Non-Fatal Error Detected
06a 2     RW1C   cf free  0 Fatal Error Detected
06a 3     RW1C   cf free  0 Unsupported Request Detected
06a 4     RO     -  free  0 AUX Power Detected
06a 5     RO     -  free  0 Transactions Pending
06c 31:0  RO     -  free  0 Link Capabilities
070 15:0  RW     c  free  0 Link Control
072 15:0  RO     -  free  0 Link Status
084 3:0   HwInit -  free  0 Completion Timeout Ranges Supported
084 4     RO     -  free  0 Completion Timeout Disable Supported
084 5     RO     -  free  0 ARI Forwarding Supported
084 6     RO     -  free  0 AtomicOp Routing Supported
084 7     RO     -  free  0 32-bit AtomicOp Completer Supported
084 8     RO     -  free  0 64-bit AtomicOp Completer Supported
084 9     RO     -  free  0 128-bit CAS Completer Supported
084 11    RO     -  free  0 LTR Mechanism Supported
084 13:12 RO     -  free  0 TPH Completer Supported
084 16    HwInit -  free  1 10-Bit Tag Completer Supported
084 17    HwInit -  free  1 10-Bit Tag Requester Supported
084 20    RO     -  free  1 Extended Fmt Field Supported
084 21    HwInit -  free  pasid End-End TLP Prefix Supported
084 23:22 HwInit -  free  pasid Max End-End TLP Prefixes
088 3:0   RO     -  free  0 Completion Timeout Value
088 4     RO     -  free  0 Completion Timeout Disable
088 5     RO     -  free  0 ARI Forwarding Enable
088 15:6  RsvdP  -  free  0 Device Control 2, other bits
08c 31:0  HwInit -  free  0 Link Capabilities 2
090 15:0  RW     c  free  0 Link Control 2
092 15:0  RO     -  free  0 Link Status 2
`;

/** ARI, 0x100. */
export const VF_ARI = `
100 15:0  RO     -  bound 0xe ARI Extended Capability ID
102 3:0   RO     -  bound 1 ARI Capability Version
102 15:4  RO     -  bound 0 ARI Next Capability Offset
104 0     RO     -  free  0 MFVC Function Groups Capability
104 1     RO     -  free  0 ACS Function Groups Capability
104 15:8  RO     -  free  0 Next Function Number
106 15:0  RO     -  free  0 ARI Control
`;
