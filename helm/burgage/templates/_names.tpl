{{- define "burgage.secret" -}}
{{- .Values.existingSecret | default .Release.Name -}}
{{- end -}}

{{- define "burgage.labels" -}}
app.kubernetes.io/name: burgage
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "burgage.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}
