"""What can be chosen in the fields of the sheet, and what each choice is called."""

from __future__ import annotations

from hub.language import N_

PARTY_KINDS = {
    "company": N_("기업"),
    "university": N_("대학(산학협력단)"),
    "institute": N_("연구기관"),
    "public": N_("공공기관"),
    "person": N_("개인"),
}
SIZES = {
    "small": N_("소기업"),
    "medium": N_("중기업"),
    "midsize": N_("중견기업"),
    "large": N_("대기업"),
}
SIZE_PROOFS = {
    "self": N_("스스로 밝힘"),
    "certificate": N_("확인서"),
    "public-list": N_("공개 명단"),
}
GROUPS = {
    "none": N_("해당하지 않음"),
    "disclosure": N_("공시대상 기업집단"),
    "mutual": N_("상호출자제한 기업집단"),
}
ROLES_OF_SIGNERS = {
    "representative": N_("대표이사·대표자"),
    "head": N_("단장·기관장"),
    "deputy": N_("부단장·부기관장"),
    "manager": N_("지배인"),
    "officer": N_("임원"),
    "employee": N_("직원"),
    "professor": N_("교수·연구책임자"),
    "agent": N_("대리인"),
}
AUTHORITIES = {
    "none": N_("없음"),
    "representative": N_("대표권"),
    "joint": N_("공동대표"),
    "manager": N_("지배인 등기"),
    "employee": N_("맡은 업무의 범위"),
    "mandate": N_("위임장"),
    "head-of-foundation": N_("산학협력단장"),
    "head-of-institute": N_("기관장"),
    "by-articles": N_("정관·규정에 따른 대행"),
    "official": N_("직위·위임 규정"),
}
RESOLUTIONS = {
    "needed": N_("필요함"),
    "not-needed": N_("필요 없음"),
    "unknown": N_("모름"),
}
RELATIONS = {
    "joint": N_("공동 연구·개발"),
    "commission": N_("위탁·하도급"),
    "licence": N_("실시 허락"),
    "investment": N_("투자"),
    "mixed": N_("섞여 있음"),
}
CONTRIBUTION_KINDS = {
    "cash": N_("현금"),
    "people": N_("인력"),
    "equipment-use": N_("장비 사용"),
    "equipment-transfer": N_("장비 이전"),
    "material": N_("재료"),
    "data": N_("데이터"),
    "ip": N_("지식재산"),
    "platform": N_("플랫폼"),
    "space": N_("공간"),
    "other": N_("그 밖의 것"),
}
BASES_OF_VALUE = {
    "paid": N_("실제 지급액"),
    "cost": N_("원가"),
    "market": N_("시가"),
    "appraisal": N_("감정"),
    "agreed": N_("합의"),
}
BACKGROUND_KINDS = {
    "patent": N_("특허"),
    "application": N_("특허 출원"),
    "utility": N_("실용신안"),
    "design": N_("디자인"),
    "trademark": N_("상표"),
    "software": N_("소프트웨어"),
    "knowhow": N_("노하우"),
    "data": N_("데이터"),
    "material": N_("시료·재료"),
}
BACKGROUND_TERMS = {
    "free-project": N_("과제 안에서 무상"),
    "paid-project": N_("과제 안에서 유상"),
    "free-commercial": N_("사업에 무상"),
    "paid-commercial": N_("사업에 유상"),
    "assignment": N_("양도"),
    "none": N_("허락하지 않음"),
}
SUBLICENCES = {
    "no": N_("할 수 없음"),
    "consent": N_("동의를 받아"),
    "affiliates": N_("계열회사까지"),
    "yes": N_("할 수 있음"),
}
ENDS = {"project-end": N_("과제 종료까지"), "expiry": N_("권리 소멸까지")}
FOREVER = {"forever": N_("기한 없음")}
RESULT_KINDS = {
    "patent": N_("특허"),
    "utility": N_("실용신안"),
    "design": N_("디자인"),
    "software": N_("소프트웨어"),
    "work": N_("저작물"),
    "knowhow": N_("노하우"),
    "data": N_("데이터"),
    "material": N_("시료·재료"),
}
PATENT_LIKE = ("patent", "utility", "design")
INVENTORS = {
    "employee": N_("종업원"),
    "officer": N_("임원"),
    "student": N_("학생"),
    "visitor": N_("방문 연구자"),
    "outsider": N_("외부인"),
}
OPTIONS = {
    "A": N_("A 수행기관 소유·통상실시"),
    "B": N_("B 수행기관 소유·독점 선택권"),
    "C": N_("C 수행기관 소유·일부 양수 선택권"),
    "D": N_("D 상대 소유·학술 사용 유보"),
    "E": N_("E 상대 소유·공개 제한"),
    "J": N_("J 공유"),
    "S": N_("S 각자 소유"),
}
ABANDON = {
    "offer-first": N_("상대에게 먼저 제안"),
    "offer-inventor": N_("발명자에게 먼저 제안"),
    "free": N_("자유롭게 포기"),
}
OWN_USE = {
    "free": N_("무상 실시"),
    "pay": N_("실시하지 않는 공유자에게 보상"),
    "none": N_("실시하지 않음"),
}
LICENCE_OUT = {
    "each-time": N_("그때마다 모두의 동의"),
    "given": N_("여기에서 미리 동의"),
    "lead": N_("한쪽이 대표하여 허락"),
}
TRANSFERS = {
    "consent": N_("동의를 받아"),
    "first-refusal": N_("다른 공유자에게 먼저 제안"),
    "free": N_("미리 모두 동의"),
}
LICENCE_TYPES = {
    "non-exclusive": N_("통상실시권"),
    "exclusive-contract": N_("독점적 통상실시권"),
    "exclusive-registered": N_("전용실시권"),
}
EXCLUSIVE = ("exclusive-contract", "exclusive-registered")
FEES = {"none": N_("무상"), "paid": N_("유상")}
LICENCES_BACK = {
    "none": N_("없음"),
    "teaching-research": N_("교육·연구에 사용"),
    "non-exclusive-free": N_("무상 통상실시"),
    "non-exclusive-paid": N_("유상 통상실시"),
}
OPTION_STARTS = {"disclosure": N_("성과를 알린 날부터"), "project-end": N_("과제 종료일부터")}
IMPROVEMENTS = {
    "none": N_("없음"),
    "nonexclusive-free": N_("무상 통상실시"),
    "nonexclusive-paid": N_("유상 통상실시"),
    "exclusive-free": N_("무상 독점"),
    "exclusive-paid": N_("유상 독점"),
    "assign-free": N_("무상 양도"),
    "assign-paid": N_("유상 양도"),
}
TASK_ROLES = {
    "lead": N_("주관연구개발기관"),
    "joint": N_("공동연구개발기관"),
    "commissioned": N_("위탁연구개발기관"),
    "outside": N_("과제 밖 기관"),
}
GRADES = {"open": N_("일반과제"), "sensitive": N_("민감과제"), "security": N_("보안과제")}
PUBLICATION = {"yes": N_("공표함"), "after-review": N_("검토 뒤 공표함"), "no": N_("공표하지 않음")}
OBJECTIONS = {"own-secret": N_("자기 비밀 포함"), "unfiled-result": N_("출원 전 성과")}
STAGES = {
    "proposal": N_("제안 단계"),
    "negotiation": N_("협의 단계"),
    "contract": N_("계약 단계"),
    "delivery": N_("납품 단계"),
}
USE_SCOPES = {"project": N_("과제 안"), "purpose": N_("적은 목적 안"), "any": N_("제한 없음")}
CORE = {
    "none": N_("해당하지 않음"),
    "national-core": N_("국가핵심기술"),
    "strategic": N_("국가첨단전략기술"),
}
ASKED = {
    "cost": N_("원가"),
    "customer_sales": N_("다른 거래처 매출"),
    "plans": N_("경영 계획"),
    "customers": N_("거래처"),
    "system_login": N_("전산망 접속"),
    "other": N_("그 밖의 것"),
}
COMBINERS = {"self": N_("당사자가 직접"), "designated": N_("지정된 전문기관")}
DATA_TERMS = {
    "access": N_("열람"),
    "licence": N_("이용 허락"),
    "joint": N_("공동 이용"),
    "assignment": N_("양도"),
}
EQUIPMENT_MODES = {"use": N_("사용"), "lend": N_("대여"), "buy": N_("구매"), "build": N_("제작")}
DAMAGE = {"user": N_("사용하는 쪽"), "owner": N_("소유한 쪽"), "insurance": N_("보험")}
EQUIPMENT_ENDS = {"owner-keeps": N_("소유한 쪽이 계속 보유"), "transfers": N_("상대에게 이전")}
VAT = {"excluded": N_("별도"), "included": N_("포함"), "exempt": N_("면세")}
SOURCES = {
    "product-sales": N_("제품 판매"),
    "licence-third-party": N_("제3자 실시 허락"),
    "sublicence": N_("재실시 허락"),
    "sale-of-right": N_("권리 매각"),
    "damages": N_("손해배상금"),
    "services": N_("용역"),
    "data": N_("데이터"),
}
ROYALTY_BASES = {
    "net-sales": N_("순매출"),
    "gross-sales": N_("총매출"),
    "units": N_("수량"),
    "profit": N_("이익"),
}
ROYALTY_GROUNDS = {
    "patent_only": N_("특허만"),
    "patent_knowhow": N_("특허와 노하우"),
    "knowhow": N_("노하우"),
    "data": N_("데이터"),
}
DEDUCTIONS = {
    "vat": N_("부가가치세"),
    "returns": N_("반품"),
    "freight": N_("운송비"),
    "discount": N_("할인"),
    "tax": N_("세금"),
    "other": N_("그 밖의 것"),
}
WORKS = {
    "manufacture": N_("제조"),
    "processing": N_("가공"),
    "repair": N_("수리"),
    "construction": N_("건설"),
    "service": N_("용역"),
    "technical-development": N_("기술 개발"),
    "other": N_("그 밖의 것"),
}
LINKS = {"agreed": N_("연동함"), "waived": N_("연동하지 않기로 함")}
REDUCTIONS = {"one-sided": N_("한쪽이 정함"), "by-agreement": N_("합의하여"), "none": N_("없음")}
COST_SHIFTS = {
    "off_paper_demand": N_("서면에 없는 요구"),
    "complaints_accidents": N_("민원·산업재해"),
    "not_in_bid": N_("입찰 내역에 없는 요구"),
    "permits_quality": N_("인허가·품질 관리"),
    "design_change": N_("설계 변경"),
    "rework_no_fault": N_("책임 없는 재작업"),
    "owner_liability": N_("발주자에 대한 책임"),
    "unforeseeable": N_("예측할 수 없는 사항"),
    "indirect_cap": N_("간접비 제한"),
    "no_price_request": N_("대금 조정 신청 제한"),
    "other": N_("그 밖의 것"),
}
CASES = {"low": N_("낮음"), "base": N_("기준값"), "high": N_("높음")}
CLASSES = {
    "common": N_("보통주"),
    "preferred": N_("우선주"),
    "redeemable": N_("상환주식"),
    "convertible": N_("전환주식"),
    "RCPS": N_("상환전환우선주"),
}
INVESTMENTS = {
    "shares": N_("신주 인수"),
    "convertible": N_("전환사채 등"),
    "safe": N_("조건부지분인수계약"),
    "conditional_note": N_("조건부지분전환계약"),
}
WARRANTIES = {
    "own-title": N_("자기 권리임"),
    "no-known-claim": N_("아는 분쟁 없음"),
    "skills": N_("수행 능력"),
    "none": N_("보증하지 않음"),
}
OBJECTS = {
    "bg": N_("배경 지식재산"),
    "fg": N_("성과 지식재산"),
    "data": N_("데이터"),
    "equipment": N_("장비"),
    "secrets": N_("비밀 자료"),
    "unpaid": N_("지급하지 않은 돈"),
}
OUTCOMES = {
    "returns": N_("돌려줌"),
    "stays": N_("그대로 둠"),
    "licence-continues": N_("실시 허락 계속"),
    "deleted": N_("삭제"),
}
DISPUTES = {
    "talk": N_("당사자 협의"),
    "mediation": N_("조정"),
    "arbitration": N_("중재"),
    "court": N_("소송"),
}
RESTRICTIONS = {
    "exclusive_dealing": N_("거래 상대 제한"),
    "no_other_supplier": N_("다른 공급처 제한"),
    "no_export": N_("수출 제한"),
    "price": N_("가격"),
    "territory": N_("판매 지역"),
    "output": N_("생산량"),
    "customers": N_("거래 고객"),
    "no_hire": N_("채용 제한"),
}
NATIONAL_USES = {"licensing": N_("실시 허락"), "own-use": N_("직접 실시")}
SIDES = {"user": N_("실시하는 쪽"), "owner": N_("받는 쪽"), "by-result": N_("차이가 크면 실시하는 쪽")}
