// swift-format-ignore-file
// Made by Scripts/licenses/generate.py: do not edit.

/// `id|flags|name[|source]`; O: OSI-approved, F: FSF-libre, D: open data, X: deprecated. A `+` begins an exception.
let licenseListTable = #"""
# SPDX licence list 3.29.0, 2026-09-16
0BSD|O|BSD Zero Clause License
3D-Slicer-1.0||3D Slicer License v1.0
AAL|O|Attribution Assurance License
ADSL||Amazon Digital Services License
AFL-1.1|OF|Academic Free License v1.1
AFL-1.2|OF|Academic Free License v1.2
AFL-2.0|OF|Academic Free License v2.0
AFL-2.1|OF|Academic Free License v2.1
AFL-3.0|OF|Academic Free License v3.0
AGPL-1.0|FX|Affero General Public License v1.0
AGPL-1.0-only||Affero General Public License v1.0 only
AGPL-1.0-or-later||Affero General Public License v1.0 or later
AGPL-3.0|OFX|GNU Affero General Public License v3.0
AGPL-3.0-only|OF|GNU Affero General Public License v3.0 only
AGPL-3.0-or-later|OF|GNU Affero General Public License v3.0 or later
ALGLIB-Documentation|O|ALGLIB Documentation License
AMD-newlib||AMD newlib License
AMDPLPA||AMD's plpa_map.c License
AML||Apple MIT License
AML-glslang||AML glslang variant License
AMPAS||Academy of Motion Picture Arts and Sciences BSD
ANTLR-PD||ANTLR Software Rights Notice
ANTLR-PD-fallback||ANTLR Software Rights Notice with license fallback
APAFML||Adobe Postscript AFM License
APL-1.0|O|Adaptive Public License 1.0
APSL-1.0|O|Apple Public Source License 1.0
APSL-1.1|O|Apple Public Source License 1.1
APSL-1.2|O|Apple Public Source License 1.2
APSL-2.0|OF|Apple Public Source License 2.0
ASWF-Digital-Assets-1.0||ASWF Digital Assets License version 1.0
ASWF-Digital-Assets-1.1||ASWF Digital Assets License 1.1
Abstyles||Abstyles License
AdaCore-doc||AdaCore Doc License
Adobe-2006||Adobe Systems Incorporated Source Code License Agreement
Adobe-Display-PostScript||Adobe Display PostScript License
Adobe-Glyph||Adobe Glyph List License
Adobe-Utopia||Adobe Utopia Font License
Advanced-Cryptics-Dictionary||Advanced Cryptics Dictionary License
Afmparse||Afmparse License
Aladdin||Aladdin Free Public License
Apache-1.0|F|Apache License 1.0
Apache-1.1|OF|Apache License 1.1
Apache-2.0|OF|Apache License 2.0
App-s2p||App::s2p License
Arphic-1999||Arphic Public License
Artistic-1.0|O|Artistic License 1.0
Artistic-1.0-Perl|O|Artistic License 1.0 (Perl)
Artistic-1.0-cl8|O|Artistic License 1.0 w/clause 8
Artistic-2.0|OF|Artistic License 2.0
Artistic-dist||Artistic License 1.0 (dist)
Aspell-RU||Aspell Russian License
BOLA-1.1||Buena Onda License Agreement v1.1
BSD-1-Clause|O|BSD 1-Clause License
BSD-2-Clause|OF|BSD 2-Clause "Simplified" License
BSD-2-Clause-Darwin||BSD 2-Clause - Ian Darwin variant
BSD-2-Clause-FreeBSD|FX|BSD 2-Clause FreeBSD License
BSD-2-Clause-NetBSD|FX|BSD 2-Clause NetBSD License
BSD-2-Clause-Patent|O|BSD-2-Clause Plus Patent License
BSD-2-Clause-Views||BSD 2-Clause with views sentence
BSD-2-Clause-first-lines||BSD 2-Clause - first lines requirement
BSD-2-Clause-pkgconf-disclaimer||BSD 2-Clause pkgconf disclaimer variant
BSD-2-Clause-pos-unchanged||BSD 2-Clause - position unchanged variant
BSD-3-Clause|OF|BSD 3-Clause "New" or "Revised" License
BSD-3-Clause-Attribution||BSD with attribution
BSD-3-Clause-Clear|F|BSD 3-Clause Clear License
BSD-3-Clause-HP||Hewlett-Packard BSD variant license
BSD-3-Clause-LBNL|O|Lawrence Berkeley National Labs BSD variant license
BSD-3-Clause-Modification||BSD 3-Clause Modification
BSD-3-Clause-No-Military-License||BSD 3-Clause No Military License
BSD-3-Clause-No-Nuclear-License||BSD 3-Clause No Nuclear License
BSD-3-Clause-No-Nuclear-License-2014||BSD 3-Clause No Nuclear License 2014
BSD-3-Clause-No-Nuclear-Warranty||BSD 3-Clause No Nuclear Warranty
BSD-3-Clause-Open-MPI|O|BSD 3-Clause Open MPI variant
BSD-3-Clause-OpenWebUI||BSD 3-Clause - OpenWebUI variant
BSD-3-Clause-Sun||BSD 3-Clause Sun Microsystems
BSD-3-Clause-Tso||BSD 3-Clause Tso variant
BSD-3-Clause-acpica||BSD 3-Clause acpica variant
BSD-3-Clause-flex||BSD 3-Clause Flex variant
BSD-4-Clause|F|BSD 4-Clause "Original" or "Old" License
BSD-4-Clause-Shortened||BSD 4 Clause Shortened
BSD-4-Clause-UC||BSD-4-Clause (University of California-Specific)
BSD-4.3RENO||BSD 4.3 RENO License
BSD-4.3TAHOE||BSD 4.3 TAHOE License
BSD-Advertising-Acknowledgement||BSD Advertising Acknowledgement License
BSD-Attribution-HPND-disclaimer||BSD with Attribution and HPND disclaimer
BSD-Inferno-Nettverk||BSD-Inferno-Nettverk
BSD-Mark-Modifications||BSD Mark Modifications License
BSD-Protection||BSD Protection License
BSD-Source-Code||BSD Source Code Attribution
BSD-Source-Code-no-disclaimer||BSD Source Code Attribution - no disclaimer
BSD-Source-alt-GPL||BSD Source Code Attribution - GPL alternative
BSD-Source-beginning-file||BSD Source Code Attribution - beginning of file variant
BSD-Systemics||Systemics BSD variant license
BSD-Systemics-W3Works||Systemics W3Works BSD variant license
BSD-ask-to-endorse|O|BSD - ask to endorse
BSL-1.0|OF|Boost Software License 1.0
BUSL-1.1||Business Source License 1.1
Baekmuk||Baekmuk License
Bahyph||Bahyph License
Barr||Barr License
Beerware||Beerware License
BitTorrent-1.0||BitTorrent Open Source License v1.0
BitTorrent-1.1|F|BitTorrent Open Source License v1.1
Bitstream-Charter||Bitstream Charter Font License
Bitstream-Vera||Bitstream Vera Font License
BlueOak-1.0.0|O|Blue Oak Model License 1.0.0
Boehm-GC||Boehm-Demers-Weiser GC License
Boehm-GC-without-fee||Boehm-Demers-Weiser GC License (without fee)
Borceux||Borceux license
Brian-Gladman-2-Clause||Brian Gladman 2-Clause License
Brian-Gladman-3-Clause||Brian Gladman 3-Clause License
Brian-Gladman-3-Clause-no-conversion||Brian Gladman 3-Clause License (no conversion clause)
Buddy||Buddy License
Bugroff||Bugroff License
C-UDA-1.0||Computational Use of Data Agreement v1.0
CAL-1.0|O|Cryptographic Autonomy License 1.0
CAL-1.0-Combined-Work-Exception|O|Cryptographic Autonomy License 1.0 (Combined Work Exception)
CAPEC-tou||Common Attack    Pattern Enumeration and Classification License
CATOSL-1.1|O|Computer Associates Trusted Open Source License 1.1
CC-BY-1.0|D|Creative Commons Attribution 1.0 Generic
CC-BY-2.0|D|Creative Commons Attribution 2.0 Generic
CC-BY-2.5|D|Creative Commons Attribution 2.5 Generic
CC-BY-2.5-AU|D|Creative Commons Attribution 2.5 Australia
CC-BY-3.0|D|Creative Commons Attribution 3.0 Unported
CC-BY-3.0-AT|D|Creative Commons Attribution 3.0 Austria
CC-BY-3.0-AU|D|Creative Commons Attribution 3.0 Australia
CC-BY-3.0-DE|D|Creative Commons Attribution 3.0 Germany
CC-BY-3.0-IGO|D|Creative Commons Attribution 3.0 IGO
CC-BY-3.0-NL|D|Creative Commons Attribution 3.0 Netherlands
CC-BY-3.0-US|D|Creative Commons Attribution 3.0 United States
CC-BY-4.0|FD|Creative Commons Attribution 4.0 International
CC-BY-NC-1.0||Creative Commons Attribution Non Commercial 1.0 Generic
CC-BY-NC-2.0||Creative Commons Attribution Non Commercial 2.0 Generic
CC-BY-NC-2.5||Creative Commons Attribution Non Commercial 2.5 Generic
CC-BY-NC-3.0||Creative Commons Attribution Non Commercial 3.0 Unported
CC-BY-NC-3.0-DE||Creative Commons Attribution Non Commercial 3.0 Germany
CC-BY-NC-3.0-IGO||Creative Commons Attribution Non Commercial 3.0 IGO
CC-BY-NC-4.0||Creative Commons Attribution Non Commercial 4.0 International
CC-BY-NC-ND-1.0||Creative Commons Attribution Non Commercial No Derivatives 1.0 Generic
CC-BY-NC-ND-2.0||Creative Commons Attribution Non Commercial No Derivatives 2.0 Generic
CC-BY-NC-ND-2.5||Creative Commons Attribution Non Commercial No Derivatives 2.5 Generic
CC-BY-NC-ND-3.0||Creative Commons Attribution Non Commercial No Derivatives 3.0 Unported
CC-BY-NC-ND-3.0-DE||Creative Commons Attribution Non Commercial No Derivatives 3.0 Germany
CC-BY-NC-ND-3.0-IGO||Creative Commons Attribution Non Commercial No Derivatives 3.0 IGO
CC-BY-NC-ND-4.0||Creative Commons Attribution Non Commercial No Derivatives 4.0 International
CC-BY-NC-SA-1.0||Creative Commons Attribution Non Commercial Share Alike 1.0 Generic
CC-BY-NC-SA-2.0||Creative Commons Attribution Non Commercial Share Alike 2.0 Generic
CC-BY-NC-SA-2.0-DE||Creative Commons Attribution Non Commercial Share Alike 2.0 Germany
CC-BY-NC-SA-2.0-FR||Creative Commons Attribution-NonCommercial-ShareAlike 2.0 France
CC-BY-NC-SA-2.0-UK||Creative Commons Attribution Non Commercial Share Alike 2.0 England and Wales
CC-BY-NC-SA-2.5||Creative Commons Attribution Non Commercial Share Alike 2.5 Generic
CC-BY-NC-SA-3.0||Creative Commons Attribution Non Commercial Share Alike 3.0 Unported
CC-BY-NC-SA-3.0-DE||Creative Commons Attribution Non Commercial Share Alike 3.0 Germany
CC-BY-NC-SA-3.0-IGO||Creative Commons Attribution Non Commercial Share Alike 3.0 IGO
CC-BY-NC-SA-4.0||Creative Commons Attribution Non Commercial Share Alike 4.0 International
CC-BY-ND-1.0||Creative Commons Attribution No Derivatives 1.0 Generic
CC-BY-ND-2.0||Creative Commons Attribution No Derivatives 2.0 Generic
CC-BY-ND-2.5||Creative Commons Attribution No Derivatives 2.5 Generic
CC-BY-ND-3.0||Creative Commons Attribution No Derivatives 3.0 Unported
CC-BY-ND-3.0-DE||Creative Commons Attribution No Derivatives 3.0 Germany
CC-BY-ND-4.0||Creative Commons Attribution No Derivatives 4.0 International
CC-BY-SA-1.0|D|Creative Commons Attribution Share Alike 1.0 Generic
CC-BY-SA-2.0|D|Creative Commons Attribution Share Alike 2.0 Generic
CC-BY-SA-2.0-UK|D|Creative Commons Attribution Share Alike 2.0 England and Wales
CC-BY-SA-2.1-JP|D|Creative Commons Attribution Share Alike 2.1 Japan
CC-BY-SA-2.5|D|Creative Commons Attribution Share Alike 2.5 Generic
CC-BY-SA-3.0|D|Creative Commons Attribution Share Alike 3.0 Unported
CC-BY-SA-3.0-AT|D|Creative Commons Attribution Share Alike 3.0 Austria
CC-BY-SA-3.0-DE|D|Creative Commons Attribution Share Alike 3.0 Germany
CC-BY-SA-3.0-IGO|D|Creative Commons Attribution-ShareAlike 3.0 IGO
CC-BY-SA-4.0|FD|Creative Commons Attribution Share Alike 4.0 International
CC-PDDC||Creative Commons Public Domain Dedication and Certification
CC-PDM-1.0||Creative    Commons Public Domain Mark 1.0 Universal
CC-SA-1.0||Creative Commons Share Alike 1.0 Generic
CC0-1.0|FD|Creative Commons Zero v1.0 Universal
CDDL-1.0|OF|Common Development and Distribution License 1.0
CDDL-1.1|O|Common Development and Distribution License 1.1
CDL-1.0||Common Documentation License 1.0
CDLA-Permissive-1.0|D|Community Data License Agreement Permissive 1.0
CDLA-Permissive-2.0|D|Community Data License Agreement Permissive 2.0
CDLA-Sharing-1.0|D|Community Data License Agreement Sharing 1.0
CECILL-1.0||CeCILL Free Software License Agreement v1.0
CECILL-1.1||CeCILL Free Software License Agreement v1.1
CECILL-2.0|F|CeCILL Free Software License Agreement v2.0
CECILL-2.1|O|CeCILL Free Software License Agreement v2.1
CECILL-B|F|CeCILL-B Free Software License Agreement
CECILL-C|F|CeCILL-C Free Software License Agreement
CERN-OHL-1.1||CERN Open Hardware Licence v1.1
CERN-OHL-1.2||CERN Open Hardware Licence v1.2
CERN-OHL-P-2.0|O|CERN Open Hardware Licence Version 2 - Permissive
CERN-OHL-S-2.0|O|CERN Open Hardware Licence Version 2 - Strongly Reciprocal
CERN-OHL-W-2.0|O|CERN Open Hardware Licence Version 2 - Weakly Reciprocal
CFITSIO||CFITSIO License
CMU-Mach||CMU Mach License
CMU-Mach-nodoc||CMU    Mach - no notices-in-documentation variant
CNRI-Jython||CNRI Jython License
CNRI-Python|O|CNRI Python License
CNRI-Python-GPL-Compatible|O|CNRI Python Open Source GPL Compatible License Agreement
COIL-1.0||Copyfree Open Innovation License
CPAL-1.0|OF|Common Public Attribution License 1.0
CPL-1.0|OF|Common Public License 1.0
CPOL-1.02||Code Project Open License 1.02
CUA-OPL-1.0|O|CUA Office Public License v1.0
Caldera||Caldera License
Caldera-no-preamble||Caldera License (without preamble)
Catharon||Catharon License
ClArtistic|F|Clarified Artistic License
Clips||Clips License
Community-Spec-1.0||Community Specification License 1.0
Condor-1.1|F|Condor Public License v1.1
Cornell-Lossless-JPEG||Cornell Lossless JPEG License
Cronyx||Cronyx License
Crossword||Crossword License
CryptoSwift||CryptoSwift License
CrystalStacker||CrystalStacker License
Cube||Cube License
D-FSL-1.0||Deutsche Freie Software Lizenz
DEC-3-Clause||DEC 3-Clause License
DL-DE-BY-2.0||Data licence Germany – attribution – version 2.0
DL-DE-ZERO-2.0||Data licence Germany – zero – version 2.0
DOC||DOC License
DRL-1.0||Detection Rule License 1.0
DRL-1.1||Detection Rule License 1.1
DSDP||DSDP License
DocBook-DTD||DocBook DTD License
DocBook-Schema||DocBook Schema License
DocBook-Stylesheet||DocBook Stylesheet License
DocBook-XML||DocBook XML License
Dotseqn||Dotseqn License
ECL-1.0|O|Educational Community License v1.0
ECL-2.0|OF|Educational Community License v2.0
EFL-1.0|O|Eiffel Forum License v1.0
EFL-2.0|OF|Eiffel Forum License v2.0
EPICS||EPICS Open License
EPL-1.0|OF|Eclipse Public License 1.0
EPL-2.0|OF|Eclipse Public License 2.0
ESA-PL-permissive-2.4||European Space Agency Public License – v2.4 – Permissive (Type 3)
ESA-PL-strong-copyleft-2.4||European Space Agency Public License (ESA-PL) - V2.4 - Strong Copyleft (Type 1)
ESA-PL-weak-copyleft-2.4||European Space Agency Public License – v2.4 – Weak Copyleft (Type 2)
EUDatagrid|OF|EU DataGrid Software License
EUPL-1.0||European Union Public License 1.0
EUPL-1.1|OF|European Union Public License 1.1
EUPL-1.2|OF|European Union Public License 1.2
Elastic-2.0||Elastic License 2.0
Entessa|O|Entessa Public License v1.0
ErlPL-1.1||Erlang Public License v1.1
Eurosym||Eurosym License
FBM||Fuzzy Bitmap License
FDK-AAC||Fraunhofer FDK AAC Codec Library
FDK-MPEG-H||Fraunhofer FDK MPEG-H Software
FSFAP|F|FSF All Permissive License
FSFAP-no-warranty-disclaimer||FSF All Permissive License (without Warranty)
FSFUL||FSF Unlimited License
FSFULLR||FSF Unlimited License (with License Retention)
FSFULLRSD||FSF Unlimited License (with License Retention and Short Disclaimer)
FSFULLRWD||FSF Unlimited License (With License Retention and Warranty Disclaimer)
FSL-1.1-ALv2||Functional Source License, Version 1.1, ALv2 Future License
FSL-1.1-MIT||Functional Source License, Version 1.1, MIT Future License
FTL|F|Freetype Project License
Fair|O|Fair License
Ferguson-Twofish||Ferguson Twofish License
Frameworx-1.0|O|Frameworx Open License 1.0
FreeBSD-DOC||FreeBSD Documentation License
FreeImage||FreeImage Public License v1.0
Furuseth||Furuseth License
GCR-docs||Gnome GCR Documentation License
GD||GD License
GFDL-1.1|FX|GNU Free Documentation License v1.1
GFDL-1.1-invariants-only||GNU Free Documentation License v1.1 only - invariants
GFDL-1.1-invariants-or-later||GNU Free Documentation License v1.1 or later - invariants
GFDL-1.1-no-invariants-only||GNU Free Documentation License v1.1 only - no invariants
GFDL-1.1-no-invariants-or-later||GNU Free Documentation License v1.1 or later - no invariants
GFDL-1.1-only|F|GNU Free Documentation License v1.1 only
GFDL-1.1-or-later|F|GNU Free Documentation License v1.1 or later
GFDL-1.2|FX|GNU Free Documentation License v1.2
GFDL-1.2-invariants-only||GNU Free Documentation License v1.2 only - invariants
GFDL-1.2-invariants-or-later||GNU Free Documentation License v1.2 or later - invariants
GFDL-1.2-no-invariants-only||GNU Free Documentation License v1.2 only - no invariants
GFDL-1.2-no-invariants-or-later||GNU Free Documentation License v1.2 or later - no invariants
GFDL-1.2-only|F|GNU Free Documentation License v1.2 only
GFDL-1.2-or-later|F|GNU Free Documentation License v1.2 or later
GFDL-1.3|FDX|GNU Free Documentation License v1.3
GFDL-1.3-invariants-only||GNU Free Documentation License v1.3 only - invariants
GFDL-1.3-invariants-or-later||GNU Free Documentation License v1.3 or later - invariants
GFDL-1.3-no-invariants-only||GNU Free Documentation License v1.3 only - no invariants
GFDL-1.3-no-invariants-or-later||GNU Free Documentation License v1.3 or later - no invariants
GFDL-1.3-only|FD|GNU Free Documentation License v1.3 only
GFDL-1.3-or-later|FD|GNU Free Documentation License v1.3 or later
GL2PS||GL2PS License
GLWTPL||Good Luck With That Public License
GPL-1.0|X|GNU General Public License v1.0 only
GPL-1.0+|X|GNU General Public License v1.0 or later
GPL-1.0-only||GNU General Public License v1.0 only
GPL-1.0-or-later||GNU General Public License v1.0 or later
GPL-2.0|OFX|GNU General Public License v2.0 only
GPL-2.0+|OFX|GNU General Public License v2.0 or later
GPL-2.0-only|OF|GNU General Public License v2.0 only
GPL-2.0-or-later|OF|GNU General Public License v2.0 or later
GPL-2.0-with-GCC-exception|X|GNU General Public License v2.0 w/GCC Runtime Library exception
GPL-2.0-with-autoconf-exception|X|GNU General Public License v2.0 w/Autoconf exception
GPL-2.0-with-bison-exception|X|GNU General Public License v2.0 w/Bison exception
GPL-2.0-with-classpath-exception|X|GNU General Public License v2.0 w/Classpath exception
GPL-2.0-with-font-exception|X|GNU General Public License v2.0 w/Font exception
GPL-3.0|OFX|GNU General Public License v3.0 only
GPL-3.0+|OFX|GNU General Public License v3.0 or later
GPL-3.0-only|OF|GNU General Public License v3.0 only
GPL-3.0-or-later|OF|GNU General Public License v3.0 or later
GPL-3.0-with-GCC-exception|OX|GNU General Public License v3.0 w/GCC Runtime Library exception
GPL-3.0-with-autoconf-exception|X|GNU General Public License v3.0 w/Autoconf exception
Game-Programming-Gems||Game Programming Gems License
Giftware||Giftware License
Glide||3dfx Glide License
Glulxe||Glulxe License
Graphics-Gems||Graphics Gems License
Gutmann||Gutmann License
HDF5||HDF5 License
HIDAPI||HIDAPI License
HP-1986||Hewlett-Packard 1986 License
HP-1989||Hewlett-Packard 1989 License
HPND|OF|Historical Permission Notice and Disclaimer
HPND-DEC||Historical Permission Notice and Disclaimer - DEC variant
HPND-Fenneberg-Livingston||Historical Permission Notice and Disclaimer - Fenneberg-Livingston variant
HPND-INRIA-IMAG||Historical Permission Notice and Disclaimer    - INRIA-IMAG variant
HPND-Intel||Historical Permission Notice and Disclaimer - Intel variant
HPND-Kevlin-Henney||Historical Permission Notice and Disclaimer - Kevlin Henney variant
HPND-MIT-disclaimer||Historical Permission Notice and Disclaimer with MIT disclaimer
HPND-Markus-Kuhn||Historical Permission Notice and Disclaimer - Markus Kuhn variant
HPND-Netrek||Historical Permission Notice and Disclaimer - Netrek variant
HPND-Pbmplus||Historical Permission Notice and Disclaimer - Pbmplus variant
HPND-SMC||Historical Permission Notice and Disclaimer - SMC variant
HPND-UC||Historical Permission Notice and Disclaimer - University of California variant
HPND-UC-export-US||Historical Permission Notice and Disclaimer - University of California, US export warning
HPND-doc||Historical Permission Notice and Disclaimer - documentation variant
HPND-doc-sell||Historical Permission Notice and Disclaimer - documentation sell variant
HPND-export-US||HPND with US Government export control warning
HPND-export-US-acknowledgement||HPND with US Government export control warning and acknowledgment
HPND-export-US-modify||HPND with US Government export control warning and modification rqmt
HPND-export2-US||HPND with US Government export control and 2 disclaimers
HPND-merchantability-variant||Historical Permission Notice and Disclaimer - merchantability variant
HPND-sell-MIT-disclaimer-xserver||Historical Permission Notice and Disclaimer - sell xserver variant with MIT disclaimer
HPND-sell-regexpr||Historical Permission Notice and Disclaimer - sell regexpr variant
HPND-sell-variant||Historical Permission Notice and Disclaimer - sell variant
HPND-sell-variant-MIT-disclaimer||HPND sell variant with MIT disclaimer
HPND-sell-variant-MIT-disclaimer-rev||HPND sell variant with MIT disclaimer - reverse
HPND-sell-variant-critical-systems||HPND - sell variant with safety critical systems clause
HTMLTIDY||HTML Tidy License
HaskellReport||Haskell Language Report License
Hippocratic-2.1||Hippocratic License 2.1
Hippocratic-3.0-core||Hippocratic License 3.0
IBM-pibs||IBM PowerPC Initialization and Boot Software
ICU|O|ICU License
IEC-Code-Components-EULA||IEC    Code Components End-user licence agreement
IJG|F|Independent JPEG Group License
IJG-short||Independent JPEG Group License - short
IPA|OF|IPA Font License
IPL-1.0|OF|IBM Public License v1.0
ISC|OF|ISC License
ISC-Veillard||ISC Veillard variant
ISO-permission||ISO permission notice
ImageMagick||ImageMagick License
Imlib2|F|Imlib2 License
Info-ZIP||Info-ZIP License
Informatica||Informatica License
Inner-Net-2.0||Inner Net License v2.0
InnoSetup||Inno Setup License
Intel|OF|Intel Open Source License
Intel-ACPI||Intel ACPI Software License Agreement
Interbase-1.0||Interbase Public License v1.0
JPL-image||JPL Image Use Policy
JPNIC||Japan Network Information Center License
JSON||JSON License
Jam|O|Jam License
JasPer-2.0||JasPer License
Kastrup||Kastrup License
Kazlib||Kazlib License
Knuth-CTAN||Knuth CTAN License
LAL-1.2||Licence Art Libre 1.2
LAL-1.3||Licence Art Libre 1.3
LGPL-2.0|OX|GNU Library General Public License v2 only
LGPL-2.0+|OX|GNU Library General Public License v2 or later
LGPL-2.0-only|O|GNU Library General Public License v2 only
LGPL-2.0-or-later|O|GNU Library General Public License v2 or later
LGPL-2.1|OFX|GNU Lesser General Public License v2.1 only
LGPL-2.1+|OFX|GNU Lesser General Public License v2.1 or later
LGPL-2.1-only|OF|GNU Lesser General Public License v2.1 only
LGPL-2.1-or-later|OF|GNU Lesser General Public License v2.1 or later
LGPL-3.0|OFX|GNU Lesser General Public License v3.0 only
LGPL-3.0+|OFX|GNU Lesser General Public License v3.0 or later
LGPL-3.0-only|OF|GNU Lesser General Public License v3.0 only
LGPL-3.0-or-later|OF|GNU Lesser General Public License v3.0 or later
LGPLLR||Lesser General Public License For Linguistic Resources
LOOP||Common Lisp LOOP License
LPD-document||LPD Documentation License
LPL-1.0|O|Lucent Public License Version 1.0
LPL-1.02|OF|Lucent Public License v1.02
LPPL-1.0||LaTeX Project Public License v1.0
LPPL-1.1||LaTeX Project Public License v1.1
LPPL-1.2|F|LaTeX Project Public License v1.2
LPPL-1.3a|F|LaTeX Project Public License v1.3a
LPPL-1.3c|O|LaTeX Project Public License v1.3c
LZMA-SDK-9.11-to-9.20||LZMA SDK License (versions 9.11 to 9.20)
LZMA-SDK-9.22||LZMA SDK License (versions 9.22 and beyond)
Latex2e||Latex2e License
Latex2e-translated-notice||Latex2e with translated notice permission
Leptonica||Leptonica License
LiLiQ-P-1.1|O|Licence Libre du Québec – Permissive version 1.1
LiLiQ-R-1.1|O|Licence Libre du Québec – Réciprocité version 1.1
LiLiQ-Rplus-1.1|O|Licence Libre du Québec – Réciprocité forte version 1.1
Libpng||libpng License
Linux-OpenIB||Linux Kernel Variant of OpenIB.org license
Linux-man-pages-1-para||Linux man-pages - 1 paragraph
Linux-man-pages-copyleft||Linux man-pages Copyleft
Linux-man-pages-copyleft-2-para||Linux man-pages Copyleft - 2 paragraphs
Linux-man-pages-copyleft-var||Linux man-pages Copyleft Variant
Lucida-Bitmap-Fonts||Lucida Bitmap Fonts License
MIPS||MIPS License
MIT|OF|MIT License
MIT-0|O|MIT No Attribution
MIT-CMU||CMU License
MIT-Click||MIT Click License
MIT-Festival||MIT Festival Variant
MIT-Khronos-old||MIT Khronos - old variant
MIT-Modern-Variant|O|MIT License Modern Variant
MIT-STK||MIT-STK License
MIT-Wu||MIT Tom Wu Variant
MIT-advertising||Enlightenment License (e16)
MIT-enna||enna License
MIT-feh||feh License
MIT-open-group||MIT Open Group variant
MIT-testregex||MIT testregex Variant
MITNFA||MIT +no-false-attribs license
MMIXware||MMIXware License
MMPL-1.0.1||Minecraft Mod Public License v1.0.1
MPEG-SSG||MPEG Software Simulation
MPL-1.0|O|Mozilla Public License 1.0
MPL-1.1|OF|Mozilla Public License 1.1
MPL-2.0|OF|Mozilla Public License 2.0
MPL-2.0-no-copyleft-exception|O|Mozilla Public License 2.0 (no copyleft exception)
MS-LPL||Microsoft Limited Public License
MS-PL|OF|Microsoft Public License
MS-RL|OF|Microsoft Reciprocal License
MTLL||Matrix Template Library License
MVT-1.1||MVT License 1.1
Mackerras-3-Clause||Mackerras 3-Clause License
Mackerras-3-Clause-acknowledgment||Mackerras 3-Clause - acknowledgment variant
MakeIndex||MakeIndex License
Martin-Birgmeier||Martin Birgmeier License
McPhee-slideshow||McPhee Slideshow License
Minpack||Minpack License
MirOS|O|The MirOS Licence
Motosoto|O|Motosoto License
MulanPSL-1.0||Mulan Permissive Software License, Version 1
MulanPSL-2.0|O|Mulan Permissive Software License, Version 2
Multics|O|Multics License
Mup||Mup License
NAIST-2003||Nara Institute of Science and Technology License (2003)
NASA-1.3|O|NASA Open Source Agreement 1.3
NBPL-1.0||Net Boolean Public License v1
NCBI-PD||NCBI Public Domain Notice
NCGL-UK-2.0||Non-Commercial Government Licence
NCL||NCL Source Code License
NCSA|OF|University of Illinois/NCSA Open Source License
NGPL|O|Nethack General Public License
NICTA-1.0||NICTA Public Software License, Version 1.0
NIST-PD||NIST Public Domain Notice
NIST-PD-TNT||NIST    Public Domain Notice TNT variant
NIST-PD-fallback||NIST Public Domain Notice with license fallback
NIST-Software||NIST Software License
NLOD-1.0||Norwegian Licence for Open Government Data (NLOD) 1.0
NLOD-2.0||Norwegian Licence for Open Government Data (NLOD) 2.0
NLPL||No Limit Public License
NOSL|F|Netizen Open Source License
NPL-1.0|F|Netscape Public License v1.0
NPL-1.1|F|Netscape Public License v1.1
NPOSL-3.0|O|Non-Profit Open Software License 3.0
NRL||NRL License
NTIA-PD||NTIA Public Domain Notice
NTP|O|NTP License
NTP-0||NTP No Attribution
Naumen|O|Naumen Public License
Net-SNMP|X|Net-SNMP License
NetCDF||NetCDF license
Newsletr||Newsletr License
Nokia|OF|Nokia Open Source License
Noweb||Noweb License
Nunit|FX|Nunit License
O-UDA-1.0||Open Use of Data Agreement v1.0
OAR||OAR License
OCCT-PL||Open CASCADE Technology Public License
OCLC-2.0|O|OCLC Research Public License 2.0
ODC-By-1.0|D|Open Data Commons Attribution License v1.0
ODbL-1.0|FD|Open Data Commons Open Database License v1.0
OFFIS||OFFIS License
OFL-1.0|F|SIL Open Font License 1.0
OFL-1.0-RFN||SIL Open Font License 1.0 with Reserved Font Name
OFL-1.0-no-RFN||SIL Open Font License 1.0 with no Reserved Font Name
OFL-1.1|OF|SIL Open Font License 1.1
OFL-1.1-RFN|O|SIL Open Font License 1.1 with Reserved Font Name
OFL-1.1-no-RFN|O|SIL Open Font License 1.1 with no Reserved Font Name
OGC-1.0||OGC Software License, Version 1.0
OGDL-Taiwan-1.0||Taiwan Open Government Data License, version 1.0
OGL-Canada-2.0|D|Open Government Licence - Canada
OGL-UK-1.0|D|Open Government Licence v1.0
OGL-UK-2.0|D|Open Government Licence v2.0
OGL-UK-3.0|D|Open Government Licence v3.0
OGTSL|O|Open Group Test Suite License
OLDAP-1.1||Open LDAP Public License v1.1
OLDAP-1.2||Open LDAP Public License v1.2
OLDAP-1.3||Open LDAP Public License v1.3
OLDAP-1.4||Open LDAP Public License v1.4
OLDAP-2.0||Open LDAP Public License v2.0 (or possibly 2.0A and 2.0B)
OLDAP-2.0.1||Open LDAP Public License v2.0.1
OLDAP-2.1||Open LDAP Public License v2.1
OLDAP-2.2||Open LDAP Public License v2.2
OLDAP-2.2.1||Open LDAP Public License v2.2.1
OLDAP-2.2.2||Open LDAP Public License 2.2.2
OLDAP-2.3|F|Open LDAP Public License v2.3
OLDAP-2.4||Open LDAP Public License v2.4
OLDAP-2.5||Open LDAP Public License v2.5
OLDAP-2.6||Open LDAP Public License v2.6
OLDAP-2.7|F|Open LDAP Public License v2.7
OLDAP-2.8|O|Open LDAP Public License v2.8
OLFL-1.3|O|Open Logistics Foundation License Version 1.3
OML||Open Market License
OPL-1.0||Open Public License v1.0
OPL-UK-3.0||United    Kingdom Open Parliament Licence v3.0
OPUBL-1.0||Open Publication License v1.0
OSC-1.0|O|OSC License 1.0
OSET-PL-2.1|O|OSET Public License version 2.1
OSL-1.0|OF|Open Software License 1.0
OSL-1.1|F|Open Software License 1.1
OSL-2.0|OF|Open Software License 2.0
OSL-2.1|OF|Open Software License 2.1
OSL-3.0|OF|Open Software License 3.0
OSSP||OSSP License
OpenMDW-1.0|D|OpenMDW License Agreement v1.0
OpenPBS-2.3||OpenPBS v2.3 Software License
OpenSSL|F|OpenSSL License
OpenSSL-standalone||OpenSSL License - standalone
OpenVision||OpenVision License
PADL||PADL License
PDDL-1.0||Open Data Commons Public Domain Dedication & License 1.0
PHP-3.0|O|PHP License v3.0
PHP-3.01|OF|PHP License v3.01
PPL||Peer Production License
PSF-2.0||Python Software Foundation License 2.0
ParaType-Free-Font-1.3||ParaType Free Font Licensing Agreement v1.3
Parity-6.0.0||The Parity Public License 6.0.0
Parity-7.0.0||The Parity Public License 7.0.0
Pixar||Pixar License
Plexus||Plexus Classworlds License
PolyForm-Noncommercial-1.0.0||PolyForm Noncommercial License 1.0.0
PolyForm-Small-Business-1.0.0||PolyForm Small Business License 1.0.0
PostgreSQL|O|PostgreSQL License
Python-2.0|OF|Python License 2.0
Python-2.0.1|O|Python License 2.0.1
QPL-1.0|OF|Q Public License 1.0
QPL-1.0-INRIA-2004||Q Public License 1.0 - INRIA 2004 variant
Qhull||Qhull License
RHeCos-1.1||Red Hat eCos Public License v1.1
RPL-1.1|O|Reciprocal Public License 1.1
RPL-1.5|O|Reciprocal Public License 1.5
RPSL-1.0|OF|RealNetworks Public Source License v1.0
RSA-MD||RSA Message-Digest License
RSCPL|O|Ricoh Source Code Public License
Rdisc||Rdisc License
Ruby|F|Ruby License
Ruby-pty||Ruby pty extension license
SAX-PD||Sax Public Domain Notice
SAX-PD-2.0||Sax Public Domain Notice 2.0
SCEA||SCEA Shared Source License
SGI-B-1.0||SGI Free Software License B v1.0
SGI-B-1.1||SGI Free Software License B v1.1
SGI-B-2.0|F|SGI Free Software License B v2.0
SGI-OpenGL||SGI OpenGL License
SGMLUG-PM||SGMLUG Parser Materials License
SGP4||SGP4 Permission Notice
SHL-0.5||Solderpad Hardware License v0.5
SHL-0.51||Solderpad Hardware License, Version 0.51
SISSL|OF|Sun Industry Standards Source License v1.1
SISSL-1.2||Sun Industry Standards Source License v1.2
SL||SL License
SMAIL-GPL||SMAIL General Public License
SMLNJ|F|Standard ML of New Jersey License
SMPPL||Secure Messaging Protocol Public License
SNIA||SNIA Public License 1.1
SOFA||SOFA Software License
SPL-1.0|OF|Sun Public License v1.0
SSH-OpenSSH||SSH OpenSSH license
SSH-short||SSH short notice
SSLeay-standalone||SSLeay License - standalone
SSPL-1.0||Server Side Public License, v 1
SUL-1.0||Sustainable Use License v1.0
SWL||Scheme Widget Library (SWL) Software License Agreement
Saxpath||Saxpath License
SchemeReport||Scheme Language Report License
Sendmail||Sendmail License
Sendmail-8.23||Sendmail License 8.23
Sendmail-Open-Source-1.1||Sendmail Open Source License v1.1
SimPL-2.0|O|Simple Public License 2.0
Sleepycat|OF|Sleepycat License
Soundex||Soundex License
Spencer-86||Spencer License 86
Spencer-94||Spencer License 94
Spencer-99||Spencer License 99
StandardML-NJ|FX|Standard ML of New Jersey License
SugarCRM-1.1.3||SugarCRM Public License v1.1.3
Sun-PPP||Sun PPP License
Sun-PPP-2000||Sun PPP License (2000)
SunPro||SunPro License
Symlinks||Symlinks License
TAPR-OHL-1.0||TAPR Open Hardware License v1.0
TCL||TCL/TK License
TCP-wrappers||TCP Wrappers License
TGPPL-1.0||Transitive Grace Period Public Licence 1.0
TMate||TMate Open Source License
TORQUE-1.1||TORQUE v2.5+ Software License v1.1
TOSL||Trusster Open Source License
TPDL||Time::ParseDate License
TPL-1.0||THOR Public License 1.0
TTWL||Text-Tabs+Wrap License
TTYP0||TTYP0 License
TU-Berlin-1.0||Technische Universitaet Berlin License 1.0
TU-Berlin-2.0||Technische Universitaet Berlin License 2.0
TekHVC||TekHVC License
TermReadKey||TermReadKey License
ThirdEye||ThirdEye License
TrustedQSL||TrustedQSL License
UCAR||UCAR License
UCL-1.0|O|Upstream Compatibility License v1.0
UMich-Merit||Michigan/Merit Networks License
UPL-1.0|OF|Universal Permissive License v1.0
URT-RLE||Utah Raster Toolkit Run Length Encoded License
Ubuntu-font-1.0||Ubuntu Font Licence v1.0
UnRAR||UnRAR License
Unicode-3.0|O|Unicode License v3
Unicode-DFS-2015||Unicode License Agreement - Data Files and Software (2015)
Unicode-DFS-2016|O|Unicode License Agreement - Data Files and Software (2016)
Unicode-TOU||Unicode Terms of Use
UnixCrypt||UnixCrypt License
Unlicense|OF|The Unlicense
Unlicense-libtelnet||Unlicense - libtelnet variant
Unlicense-libwhirlpool||Unlicense - libwhirlpool variant
VOSTROM||VOSTROM Public License for Open Source
VSL-1.0|O|Vovida Software License v1.0
Vim|F|Vim License
Vixie-Cron||Vixie Cron License
W3C|OF|W3C Software Notice and License (2002-12-31)
W3C-19980720||W3C Software Notice and License (1998-07-20)
W3C-20150513|O|W3C Software Notice and Document License (2015-05-13)
WTFNMFPL||Do What The F*ck You Want To But It's Not My Fault Public License
WTFPL|F|Do What The F*ck You Want To Public License
Watcom-1.0|O|Sybase Open Watcom Public License 1.0
Widget-Workshop||Widget Workshop License
WordNet|O|WordNet License
Wsuipa||Wsuipa License
X11|F|X11 License
X11-distribute-modifications-variant||X11 License Distribution Modification Variant
X11-no-permit-persons||X11 no permit persons clause
X11-swapped||X11 swapped final paragraphs
XFree86-1.1|F|XFree86 License 1.1
XSkat||XSkat License
Xdebug-1.03||Xdebug License v 1.03
Xerox||Xerox License
Xfig||Xfig License
Xnet|O|X.Net License
YPL-1.0||Yahoo! Public License v1.0
YPL-1.1|F|Yahoo! Public License v1.1
ZPL-1.1||Zope Public License 1.1
ZPL-2.0|OF|Zope Public License 2.0
ZPL-2.1|OF|Zope Public License 2.1
Zed||Zed License
Zeeff||Zeeff License
Zend-2.0|F|Zend License v2.0
Zimbra-1.3|F|Zimbra Public License v1.3
Zimbra-1.4||Zimbra Public License v1.4
Zlib|OF|zlib License
any-OSI||Any OSI License
any-OSI-perl-modules||Any OSI License - Perl Modules
atc-game||atc Game License
bcrypt-Solar-Designer||bcrypt Solar Designer License
blessing||SQLite Blessing
bzip2-1.0.5|X|bzip2 and libbzip2 License v1.0.5
bzip2-1.0.6||bzip2 and libbzip2 License v1.0.6
check-cvs||check-cvs License
checkmk||Checkmk License
copyleft-next-0.3.0||copyleft-next 0.3.0
copyleft-next-0.3.1||copyleft-next 0.3.1
curl|O|curl License
cve-tou||Common Vulnerability Enumeration ToU License
diffmark||diffmark license
dtoa||David M. Gay dtoa License
dvipdfm||dvipdfm License
eCos-2.0|FX|eCos license version 2.0
eGenix||eGenix.com Public License 1.1.0
etalab-2.0||Etalab Open License 2.0
fwlw||fwlw License
gSOAP-1.3b||gSOAP Public License v1.3b
generic-xts||Generic XTS License
gnuplot|F|gnuplot License
gtkbook||gtkbook License
hdparm||hdparm License
hyphen-bulgarian||hyphen-bulgarian License
iMatix|F|iMatix Standard Function Library Agreement
jove||Jove License
libpng-1.6.35||PNG Reference Library License v1 (for libpng 0.5 through 1.6.35)
libpng-2.0||PNG Reference Library version 2
libselinux-1.0||libselinux public domain notice
libtiff||libtiff License
libutil-David-Nugent||libutil David Nugent License
lsof||lsof License
magaz||magaz License
mailprio||mailprio License
man2html||man2html License
metamail||metamail License
mpi-permissive||mpi Permissive License
mpich2||mpich2 License
mplus||mplus Font License
ngrep||ngrep License
pkgconf||pkgconf License
pnmstitch||pnmstitch License
psfrag||psfrag License
psutils||psutils License
python-ldap||Python ldap License
radvd||radvd License
snprintf||snprintf License
softSurfer||softSurfer License
ssh-keyscan||ssh-keyscan License
swrule||swrule License
threeparttable||threeparttable License
ulem||ulem License
w3m||w3m License
wwl||WWL License
wxWindows|OX|wxWindows Library License
xinetd|F|xinetd License
xkeyboard-config-Zinoviev||xkeyboard-config Zinoviev License
xlock||xlock License
xpp||XPP License
xzoom||xzoom License
zlib-acknowledgement||zlib/libpng License with Acknowledgement
+389-exception||389 Directory Server Exception
+Asterisk-exception||Asterisk exception
+Asterisk-linking-protocols-exception||Asterisk linking protocols exception
+Autoconf-exception-2.0||Autoconf exception 2.0
+Autoconf-exception-3.0||Autoconf exception 3.0
+Autoconf-exception-generic||Autoconf generic exception
+Autoconf-exception-generic-3.0||Autoconf generic exception for GPL-3.0
+Autoconf-exception-macro||Autoconf macro exception
+Bison-exception-1.24||Bison exception 1.24
+Bison-exception-2.2||Bison exception 2.2
+Bootloader-exception||Bootloader Distribution Exception
+CGAL-linking-exception||CGAL Linking Exception
+CLISP-exception-2.0||CLISP exception 2.0
+Classpath-exception-2.0||Classpath exception 2.0
+Classpath-exception-2.0-short||Classpath exception 2.0 - short
+DigiRule-FOSS-exception||DigiRule FOSS License Exception
+Digia-Qt-LGPL-exception-1.1||Digia Qt LGPL Exception version 1.1
+FLTK-exception||FLTK exception
+Fawkes-Runtime-exception||Fawkes Runtime Exception
+Font-exception-2.0||Font exception 2.0
+GCC-exception-2.0||GCC Runtime Library exception 2.0
+GCC-exception-2.0-note||GCC    Runtime Library exception 2.0 - note variant
+GCC-exception-3.1||GCC Runtime Library exception 3.1
+GNAT-exception||GNAT exception
+GNOME-examples-exception||GNOME examples exception
+GNU-compiler-exception||GNU Compiler Exception
+GPL-3.0-389-ds-base-exception||GPL-3.0 389 DS Base Exception
+GPL-3.0-interface-exception||GPL-3.0 Interface Exception
+GPL-3.0-linking-exception||GPL-3.0 Linking Exception
+GPL-3.0-linking-source-exception||GPL-3.0 Linking Exception (with Corresponding Source)
+GPL-CC-1.0||GPL Cooperation Commitment 1.0
+GStreamer-exception-2005||GStreamer Exception (2005)
+GStreamer-exception-2008||GStreamer Exception (2008)
+Gmsh-exception||Gmsh exception
+Google-Patent-WebM||Google Additional IP Rights Grant (Patents) - WebM
+Independent-modules-exception||Independent Module Linking exception
+KiCad-libraries-exception||KiCad Libraries Exception
+LGPL-3.0-linking-exception||LGPL-3.0 Linking Exception
+LLGPL||LLGPL Preamble
+LLVM-exception||LLVM Exception
+LZMA-exception||LZMA exception
+Libtool-exception||Libtool Exception
+Linux-syscall-note||Linux Syscall Note
+Nokia-Qt-exception-1.1|X|Nokia Qt LGPL exception 1.1
+OCCT-exception-1.0||Open CASCADE Exception 1.0
+OCaml-LGPL-linking-exception||OCaml LGPL Linking Exception
+OpenJDK-assembly-exception-1.0||OpenJDK Assembly exception 1.0
+PCRE2-exception||PCRE2 exception
+PS-or-PDF-font-exception-20170817||PS/PDF font exception (2017-08-17)
+QPL-1.0-INRIA-2004-exception||INRIA QPL 1.0 2004 variant exception
+Qt-GPL-exception-1.0||Qt GPL exception 1.0
+Qt-LGPL-exception-1.1||Qt LGPL exception 1.1
+Qwt-exception-1.0||Qwt exception 1.0
+RRDtool-FLOSS-exception-2.0||RRDtool FLOSS exception 2.0
+SANE-exception||SANE Exception
+SHL-2.0||Solderpad Hardware License v2.0
+SHL-2.1||Solderpad Hardware License v2.1
+SWI-exception||SWI exception
+Simple-Library-Usage-exception||Simple Library Usage Exception
+Spelling-Provider-LGPL-exception||Spelling Provider LGPL exception
+Swift-exception||Swift Exception
+Texinfo-exception||Texinfo exception
+UBDL-exception||Unmodified Binary Distribution exception
+Universal-FOSS-exception-1.0||Universal FOSS Exception, Version 1.0
+WxWindows-exception-3.1||WxWindows Library Exception 3.1
+cryptsetup-OpenSSL-exception||cryptsetup OpenSSL exception
+eCos-exception-2.0||eCos exception 2.0
+erlang-otp-linking-exception||Erlang/OTP Linking Exception
+fmt-exception||fmt exception
+freertos-exception-2.0||FreeRTOS Exception 2.0
+gnu-javamail-exception||GNU JavaMail exception
+harbour-exception||harbour exception
+i2p-gpl-java-exception||i2p GPL+Java Exception
+kvirc-openssl-exception||kvirc OpenSSL Exception
+libpri-OpenH323-exception||libpri OpenH323 exception
+mif-exception||Macros and Inline Functions Exception
+mxml-exception||mxml Exception
+openvpn-openssl-exception||OpenVPN OpenSSL Exception
+polyparse-exception||Polyparse Exception
+romic-exception||Romic Exception
+rsync-linking-exception||rsync Linking Exception
+sqlitestudio-OpenSSL-exception||sqlitestudio OpenSSL exception
+stunnel-exception||stunnel Exception
+u-boot-exception-2.0||U-Boot exception 2.0
+vsftpd-openssl-exception||vsftpd OpenSSL exception
+x11vnc-openssl-exception||x11vnc OpenSSL Exception
LicenseRef-scancode-bigcode-open-rail-m-v1||BigCode Open RAIL-M v1 License Agreement|https://huggingface.co/spaces/bigcode/bigcode-model-license-agreement
LicenseRef-scancode-bigscience-open-rail-m||BigScience Open RAIL-M License|https://www.licenses.ai/blog/2022/8/26/bigscience-open-rail-m-license
LicenseRef-scancode-bigscience-open-rail-m2||BigScience Open RAIL-M2 License|https://raw.githubusercontent.com/Stability-AI/stablediffusion/main/LICENSE-MODEL
LicenseRef-scancode-bigscience-rail-1.0||BigScience RAIL License v1.0|https://huggingface.co/spaces/bigscience/license
LicenseRef-scancode-bilibili-model-ula-2025-09-09||bilibili Model Use License Agreement 2025-09-09|https://github.com/index-tts/index-tts/blob/main/LICENSE
LicenseRef-scancode-chameleon-research-2024||Chameleon Research License 2024|https://huggingface.co/facebook/chameleon-7b/blob/main/LICENSE
LicenseRef-scancode-commons-clause||Commons Clause License Condition v1.0|https://commonsclause.com/
LicenseRef-scancode-deepseek-la-1.0||DeepSeek License Agreement v1.0|https://github.com/deepseek-ai/DeepSeek-V3/blob/main/LICENSE-MODEL
LicenseRef-scancode-exaone-ai-model-1.1-nc||EXAONE AI Model License Agreement 1.1 - NC|https://huggingface.co/LGAI-EXAONE/EXAONE-Deep-32B/blob/main/LICENSE
LicenseRef-scancode-fair-ai-public-1.0||Fair AI Public License 1.0|https://freedevproject.org/faipl-1.0.txt
LicenseRef-scancode-fair-ai-public-1.0-sd||Fair AI Public License 1.0-SD|https://freedevproject.org/faipl-1.0-sd/
LicenseRef-scancode-falcon-2-11b-1.0||Falcon 2 11B TII License Version 1.0|https://falconllm-staging.tii.ae/falcon-2-terms-and-conditions.html
LicenseRef-scancode-flux-1-nc||FLUX.1 [dev] Non-Commercial License|https://huggingface.co/city96/FLUX.1-dev-gguf/blob/main/LICENSE.md
LicenseRef-scancode-gemma-tou-2024-04-01||Gemma Terms of Use 2024-04-01|https://ai.google.dev/gemma/terms
LicenseRef-scancode-gemma-tou-2025-03-24||Gemma Terms of Use 2025-03-24|https://ai.google.dev/gemma/terms
LicenseRef-scancode-hfoil-1.0||Hugging Face Optimized Inference License 1.0|https://github.com/huggingface/text-generation-inference/blob/bde25e62b33b05113519e5dbf75abda06a03328e/LICENSE
LicenseRef-scancode-hyperclova-x-seed-2025||HyperCLOVA X SEED Model License Agreement 2025|https://huggingface.co/naver-hyperclovax/HyperCLOVAX-SEED-Vision-Instruct-3B/blob/main/LICENSE
LicenseRef-scancode-llama-2-license-2023||Llama 2 Community License Agreement 2023|https://github.com/facebookresearch/llama/blob/main/LICENSE
LicenseRef-scancode-llama-3.1-license-2024||Llama 3.1 Community License Agreement 2024|https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/LICENSE
LicenseRef-scancode-llama-3.2-license-2024||Llama 3.2 Community License Agreement 2024|https://github.com/meta-llama/llama-models/blob/main/models/llama3_2/LICENSE
LicenseRef-scancode-llama-3.3-license-2024||Llama 3.3 Community License Agreement 2024|https://github.com/meta-llama/llama-models/blob/main/models/llama3_3/LICENSE
LicenseRef-scancode-llama-4-cla-2025||Llama 4 Community License Agreement 2025|https://github.com/meta-llama/llama-models/blob/main/models/llama4/LICENSE
LicenseRef-scancode-llama-4-license-2025||Llama 4 Acceptable Use Policy 2025|https://www.llama.com/llama4/use-policy/
LicenseRef-scancode-llama-license-2023||LLaMA License Agreement 2023|https://docs.google.com/forms/d/e/1FAIpQLSfqNECQnMkycAp2jP4Z9TFX0cGR4uf7b_fBxjY_OjhJILlKGA/viewform
LicenseRef-scancode-ltxv-owl-2025-04-17||LTXV Open Weights License 2025-04-17|https://huggingface.co/Lightricks/LTX-Video/blob/main/ltxv-2b-0.9.6-distilled-04-25.license.txt
LicenseRef-scancode-ltxv-owl-2025-05-05||LTXV Open Weights License 2025-05-05|https://huggingface.co/Lightricks/LTX-Video/blob/main/ltxv-13b-0.9.7-dev-fp8.license.txt
LicenseRef-scancode-mdl-2021||Montreal Data License (MDL) 2021|https://github.com/bioinfoUQAM/Canadian-cropland-dataset-github/blob/ec09b091b69423a87febc56309c1e86d3b61e8cb/DATA_LICENSE
LicenseRef-scancode-mgb-1.0||MGB Open Source License 1.0|https://lists.opensource.org/pipermail/license-review_lists.opensource.org/2025-February/005642.html
LicenseRef-scancode-mit-proprietary||MIT Proprietary|https://github.com/itay-grudev/SingleApplication/blob/0ba7b6ce42cfb863cbb1463c274c762e1eb6652b/singleapplication.h
LicenseRef-scancode-moonshot-ai-modified-mit-2025||Moonshot AI Modified MIT 2025|https://huggingface.co/moonshotai/Kimi-K2-Instruct/raw/main/LICENSE
LicenseRef-scancode-nvidia-model-training-2025||NVIDIA Data Agreement for Model Training 2025|https://huggingface.co/datasets/nvidia/Nemotron-Pretraining-Dataset-sample/raw/main/LICENSE.md
LicenseRef-scancode-nvidia-open-model-2025-04-28||NVIDIA Open Model License Agreement 2025-04-28|https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/
LicenseRef-scancode-octl-0.21||Open Compensation Token License Version 0.21|https://github.com/open-compensation-token-license/license/blob/main/LICENSE.md
LicenseRef-scancode-open-weights-permissive-1.0.0||Open Weights Permissive License Version 1.0.0|https://github.com/Open-Weights/Definition/blob/main/Open%20Weights%20License.MD
LicenseRef-scancode-openatom-model-1.0||OpenAtom Model License Version 1.0|https://huggingface.co/vivo-ai/BlueLM-7B-Chat-32K/blob/651a2bd18a9bf28bc08cf45025afbe90b3775037/OpenAtom%20Model%20License.pdf
LicenseRef-scancode-playground-v2-community||Playground v2 Community License|https://huggingface.co/playgroundai/playground-v2-1024px-aesthetic/blob/main/LICENSE.md
LicenseRef-scancode-qwen-2024||Qwen License Agreement 2024|https://huggingface.co/Qwen/Qwen2.5-72B/blob/main/LICENSE
LicenseRef-scancode-soml-1.0||Software for Open Models License (SOM) 1.0|https://github.com/nomic-ai/gpt4all/blob/main/LICENSE_SOM.txt
LicenseRef-scancode-stability-ai-community-2024||Stability AI Community License Agreement 2024|https://huggingface.co/stabilityai/stable-video-diffusion-img2vid-xt/blob/main/LICENSE.md
LicenseRef-scancode-stability-ai-nc-2023-12-06||Stability AI Non-Commercial Research Community License Agreement 2023-12-06|https://huggingface.co/stabilityai/stablelm-2-12b-chat/blob/main/LICENSE
LicenseRef-scancode-stable-diffusion-2022-08-22||Stable Diffusion License 2022-08-22|https://github.com/CompVis/stable-diffusion/blob/main/LICENSE
LicenseRef-scancode-tencent-hunyuan-3d-2.0-cla||Tencent Hunyuan 3D 2.0 Community License Agreement|https://github.com/Tencent/Hunyuan3D-2/blob/main/LICENSE
LicenseRef-scancode-tongyi-qianwen-2023||Tongyi Qianwen License Agreement 2023|https://huggingface.co/Qwen/Qwen2-72B-Instruct/blob/main/LICENSE
"""#
